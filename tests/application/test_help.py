"""What the program says of itself: help, schema, reference deck, version."""
import json
import re
import unittest

import jsonschema
import yaml

from support import DISK, HOLD, INPUTS, Case


class Help(Case):
    def test_overview(self):
        text = self.lisei("help").stdout
        for group in ("contact", "electrolyte", "grid", "interface", "protocol", "time", "output"):
            self.assertRegex(text, rf"\n  {group} +\w")
        self.assertIn("positive current and\npotential are anodic", text)

    def test_key(self):
        text = self.lisei("help", "contact.diameter").stdout
        self.assertIn("Diameter of the nominal contact", text)
        self.assertIn("9.64 um", text)
        self.assertRegex(text, r"0\.001 um to 10000 um")

    def test_group_and_law(self):
        self.assertIn("vertices", self.lisei("help", "protocol.cv").stdout)
        self.assertIn("depth_limit", self.lisei("help", "contact.void_reservoir").stdout)

    def test_every_key_of_the_reference_deck_has_help(self):
        """One process per group would be slow: the group's text names all its keys."""
        deck = yaml.safe_load((INPUTS / "reference.yaml").read_text(encoding="utf-8"))
        for group in ("contact", "time", "output", "bulk"):
            text = self.lisei("help", group).stdout
            for key in deck[group]:
                self.assertIn(key, text)

    def test_unknown_topic(self):
        self.assertIn("no help about 'contact.diametr'; did you mean 'diameter'?", self.lisei("help", "contact.diametr", status=1).stderr)
        self.assertIn("no help about 'nothing.of.this'; the top level holds ", self.lisei("help", "nothing.of.this", status=1).stderr)

    def test_usage_and_version(self):
        self.assertIn("exit status: 0 finished", self.lisei("--help").stdout)
        self.assertRegex(self.lisei("--version").stdout, r"^lisei \d+\.\d+\.\d+ \(.+\)\nPETSc \d+\.\d+\.\d+\nHDF5 \d+\.\d+\.\d+\nMPI .+\n$")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_manual_page_names_every_command_and_option(self):
        page = (INPUTS.parent / "man" / "lisei.1").read_text(encoding="utf-8").replace("\\-", "-")
        usage = self.lisei("--help").stdout
        for word in sorted(set(re.findall(r"--[a-z-]+|(?<=lisei )[a-z]+", usage))):
            self.assertIn(word, page)

    def test_reference_for_the_manual(self):
        text = self.lisei("help", "reference").stdout
        self.assertIn("| `diameter`", text.replace("contact.diameter", "diameter"))
        self.assertEqual((INPUTS.parent / "docs" / "parameters.md").read_text(encoding="utf-8"), text,
                         "made by: lisei help reference > docs/parameters.md")


    def test_laws_for_the_manual(self):
        text = self.lisei("help", "laws").stdout
        for law in ("void", "hopping", "coble", "wagner", "voronoi"):
            self.assertIn(f"| `{law}` |", text)
        self.assertEqual((INPUTS.parent / "docs" / "laws.md").read_text(encoding="utf-8"), text, "made by: lisei help laws > docs/laws.md")


class Schema(Case):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(self.lisei("help", "schema").stdout)
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft202012Validator(self.schema)

    def test_shipped_decks_validate(self):
        decks = sorted(INPUTS.glob("*.yaml"))
        self.assertGreaterEqual(len(decks), 5)
        for path in decks:
            with self.subTest(deck=path.name):
                deck = yaml.safe_load(path.read_text(encoding="utf-8"))
                deck.setdefault("protocol", [{"rest": {"duration": "1 s"}}])  # parts that other decks include have none
                self.assertEqual([error.message for error in self.validator.iter_errors(deck)], [])

    def test_resolved_deck_validates(self):
        output = self.run_deck(DISK + HOLD)
        self.validator.validate(yaml.safe_load((output.folder / "deck.yaml").read_text(encoding="utf-8")))

    def test_schema_refuses_what_the_program_refuses(self):
        good = DISK + HOLD
        for bad in (good.replace("diameter", "diametr"), good.replace("9.64 um", "9.64"), good.replace("rings: 8", "rings: 1"),
                    good.replace("hold", "hodl"), good.replace("kinetics: linear", "kinetics: linaer"), DISK + "protocol: []\n"):
            self.assertFalse(self.validator.is_valid(yaml.safe_load(bad)), bad)
            self.write("bad.yaml", bad)
            self.lisei("check", "bad.yaml", status=1)


class ReferenceDeck(Case):
    def test_it_is_a_good_deck(self):
        text = self.lisei("help", "deck").stdout
        self.write("reference.yaml", text)
        self.lisei("check", "reference.yaml")

    def test_the_shipped_one_is_up_to_date(self):
        self.assertEqual((INPUTS / "reference.yaml").read_text(encoding="utf-8"), self.lisei("help", "deck").stdout)

    def test_it_runs(self):
        text = self.lisei("help", "deck").stdout
        deck = self.write("reference.yaml", text)
        output = self.run_deck(deck, "--set", "grid.rings=8", "--set", "output.fields=none")
        self.assertEqual(output.reasons, ["completed"])

    def test_its_defaults_are_the_defaults(self):
        """A deck that says nothing beyond what is required uses the same values."""
        def values(deck):
            lines = self.lisei("check", deck).stdout.split("\ngrid:")[0].splitlines()[1:]
            return {line.split()[0]: " ".join(line.split()[1:-1]) for line in lines if line and not line.startswith(("title", "protocol"))}
        reference = values(self.write("reference.yaml", self.lisei("help", "deck").stdout))
        short = values(self.write("short.yaml", "interface: {linear: {resistance: 1 ohm cm2}}\n" + HOLD))
        self.assertGreater(len(reference), 30)
        self.assertEqual({key: reference.get(key) for key in short}, short)

    def test_all_laws_it_names_can_be_chosen(self):
        """Each word of a choice is accepted, with the keys that come with it at their defaults."""
        changes = ["contact.law=void", "contact.law=void_reservoir", "contact.law=first_order", "contact.pressure.profile=flat_punch",
                   "contact.pressure.profile=uniform", "sei.growth=wagner", "sei.resolved=true", "bulk.solver=condensed", "bulk.solver=field",
                   "time.method=esdirk4", "grid.type=cylindrical", "output.fields=interval", "lithium.creep=[coble, power_law]"]
        self.write("deck.yaml", DISK.replace(", law: none", "") .replace("output: {fields: none}\n", "") + HOLD)
        for change in changes:
            with self.subTest(change=change):
                self.lisei("check", "deck.yaml", "--set", change)


if __name__ == "__main__":
    unittest.main()
