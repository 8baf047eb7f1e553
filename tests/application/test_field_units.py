"""Current densities, areal charges and C-rates in decks: they mean the currents and charges that they are worth."""
import csv
import math
import unittest

from support import DISK, EVOLVING, Case

AREA = math.pi / 4 * 9.64e-6**2  # [m2] nominal contact of DISK
CHARGE = 1250e-18 / 12.99e-6 * 96485.33212  # [C] roughly, of 1250 um3 of lithium


def steps(*lines):
    return "protocol:\n" + "".join(f"  - {line}\n" for line in lines)


class Meaning(Case):
    def same(self, areal, plain, deck=DISK):
        one, other = (self.run_deck(deck + steps(*lines), out=out).history for out, lines in (("areal", areal), ("plain", plain)))
        for name in ("time", "current", "potential", "charge"):
            self.assertEqual(len(one[name]), len(other[name]))
            largest = abs(other[name]).max()
            self.assertLess(abs(one[name] - other[name]).max(), 1e-10 * largest, name)
        return one

    def test_current_density_and_areal_charge(self):
        i, q = 10.0 * AREA, 0.01 * 3.6 * 1e4 * AREA  # 1 mA/cm2, 0.01 mAh/cm2
        history = self.same(["current: {current: 1 mA/cm2, until: {charge: 0.01 mAh/cm2}}"], [f"current: {{current: {i!r} A, until: {{charge: {q!r} C}}}}"], EVOLVING)
        self.assertAlmostEqual(history["time"][-1] / 36.0, 1, places=6)

    def test_ends_by_current_density(self):
        hold = "hold: {{potential: 10 mV, until: {{current_below: {}}}}}"
        start = self.run_deck(EVOLVING + steps("hold: {potential: 10 mV, duration: 1 s}"), out="start").history["current"][0]
        end = 0.9 * start
        self.same([hold.format(f"{0.1 * end / AREA!r} mA/cm2")], [hold.format(f"{end!r} A")], EVOLVING)

    def test_waveform(self):
        self.write("areal.csv", "t [s],i [mA/cm2]\n0,0\n1,-2\n3,1\n")
        self.write("plain.csv", "t [s],i [A]\n" + "".join(f"{t},{10 * i * AREA!r}\n" for t, i in ((0, 0), (1, -2), (3, 1))))
        self.same(["waveform: {file: areal.csv, control: current}"], ["waveform: {file: plain.csv, control: current}"])

    def test_c_rate(self):
        deck = DISK + "deposit: {volume: 1250 um3}\n" + steps("current: {c_rate: -0.5, duration: 1 s}")
        current = self.run_deck(deck).history["current"][-1]
        self.assertAlmostEqual(current / (-0.5 * CHARGE / 3600), 1, places=2)
        twice = self.run_deck(deck.replace("1250", "2500"), out="twice").history["current"][-1]
        self.assertAlmostEqual(twice / current, 2, places=12)
        self.assertRegex(self.lisei("check", "out.yaml").stdout, r"C-rate 1: 2\.57\d* nA")

    def test_charge_at_c_rate_one_is_the_deposit(self):
        """An hour at C-rate 1 strips all: the end `lithium used up` comes at 3600 s."""
        output = self.run_deck(DISK + "deposit: {volume: 1 um3, contact_growth_exponent: 0}\n" + steps("current: {c_rate: 1, duration: 2 h}"))
        self.assertEqual(output.reasons, ["lithium used up"])
        self.assertAlmostEqual(output.history["time"][-1] / 3600, 1, places=6)


class Refused(Case):
    def complain(self, text, *messages, settings=()):
        words = [word for setting in settings for word in ("--set", setting)]
        told = self.lisei("check", self.write("deck.yaml", text), *words, status=1).stderr
        for message in messages:
            self.assertRegex(told, message)

    def test_wrong(self):
        deck = DISK + steps("current: {current: 1 mA/cm2, duration: 1 s}", "rest: {duration: 1 s, until: {charge: 1 mA/cm2}}")
        self.complain(deck, r"protocol\.1\.rest\.until\.charge: expected a charge .*per area of the nominal contact, got a current density '1 mA/cm2'")
        deck = DISK + steps("current: {current: 1 mA/cm2, duration: 1 s}")
        self.complain(deck, "per area of the nominal contact, but the deck gives no valid contact.diameter", settings=["contact.diameter=3 s"])
        self.complain(deck.replace("diameter: 9.64 um, ", ""), "but the deck gives no valid contact.diameter")  # the default is not meant
        self.complain(DISK + steps("current: {c_rate: 1, duration: 1 s}"), "refers to the charge of the deposit, but the deck gives no deposit.volume")
        self.complain(DISK + steps("current: {duration: 1 s}"), "missing: expected one of `current`.*`c_rate`")
        self.complain(DISK + steps("current: {current: 1 nA, c_rate: 1, duration: 1 s}"), "given beside `current`")
        self.complain(DISK + steps("hold: {potential: 1 mA/cm2, duration: 1 s}"), "expected an electric potential")
        self.write("w.csv", "t [s],v [mA/cm2]\n0,0\n1,1\n")
        self.complain(DISK + steps("waveform: {file: w.csv}"), "expected an electric potential")

    def test_sensitivities_that_would_miss_the_protocol(self):
        deck = DISK.replace("fields: none", "fields: none, sensitivities: [contact.diameter]")
        self.complain(deck + steps("current: {current: 1 mA/cm2, duration: 1 s}"), "also changes the protocol")
        self.lisei("check", self.write("fine.yaml", deck + steps("current: {current: 1 nA, duration: 1 s}")))


class Swept(Case):
    def test_a_varied_diameter_varies_the_current(self):
        """Samples are read in place where they can be: not here."""
        self.write("deck.yaml", DISK + steps("current: {current: 1 mA/cm2, duration: 1 s}"))
        self.write("study.yaml", "base: deck.yaml\nparameters:\n  size: {key: contact.diameter, values: [5 um, 10 um, 20 um]}\nmeasures: [peak_current]\n")
        self.lisei("sweep", "study.yaml", "--out", "sweep")
        with open(self.folder / "sweep" / "sweep.csv", encoding="utf-8", newline="") as file:
            currents = [float(row["peak_current [A]"]) for row in csv.DictReader(file)]
        for size, current in zip((5e-6, 1e-5, 2e-5), currents):
            self.assertAlmostEqual(current / (10 * math.pi / 4 * size**2), 1, places=9)


if __name__ == "__main__":
    unittest.main()
