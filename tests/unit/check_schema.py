"""Check a deck schema: valid itself, takes the good decks of this folder, refuses the bad ones. Usage: check_schema.py SCHEMA.json"""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as stream:
    schema = json.load(stream)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
decks = pathlib.Path(__file__).parent / "decks"
failures = []

for path in sorted(decks.glob("*.yaml")):
    for error in validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8"))):
        failures.append(f"{path.name} should be valid: {error.json_path}: {error.message[:200]}")

good = yaml.safe_load((decks / "full.yaml").read_text(encoding="utf-8"))


def bad(what, change):
    deck = copy.deepcopy(good)
    change(deck)
    if validator.is_valid(deck):
        failures.append(f"should be refused: {what}")


bad("unknown key", lambda d: d["contact"].update(diamter="5 um"))
bad("unknown group", lambda d: d.update(contcat={}))
bad("number without unit", lambda d: d["contact"].update(diameter=5))
bad("unit without number", lambda d: d["contact"].update(diameter="um"))
bad("plain number with text", lambda d: d["time"].update(tolerance="small"))
bad("plain number out of range", lambda d: d["time"].update(tolerance=2.0))
bad("integer out of range", lambda d: d.update(grid={"rings": 1}))
bad("fractional integer", lambda d: d.update(grid={"rings": 8.5}))
bad("word that is no choice", lambda d: d["interface"].update(kinetics="snih"))
bad("word of a list that is no choice", lambda d: d["lithium"].update(creep=["coble", "cobble"]))
bad("word given twice", lambda d: d["lithium"].update(creep=["coble", "coble"]))
bad("boolean as text", lambda d: d["sei"].update(resolved="maybe"))
bad("empty protocol", lambda d: d.update(protocol=[]))
bad("unknown kind of step", lambda d: d["protocol"].append({"rset": {"duration": "1 s"}}))
bad("two kinds in a step", lambda d: d["protocol"][0].update(rest={"duration": "1 s"}))
bad("step without a required key", lambda d: d["protocol"].append({"rest": {}}))
bad("empty list of vertices", lambda d: d["protocol"][0]["cv"].update(vertices=[]))
bad("unknown end", lambda d: d["protocol"][0]["cv"].update(until={"voltage": "1 V"}))
bad("repetition of nothing", lambda d: d["protocol"].append({"repeat": {"times": 2}}))
bad("error inside a repetition", lambda d: d["protocol"].append({"repeat": {"times": 2, "steps": [{"rest": {"until": 3}}]}}))
ANNOTATED = {"value": "5 um", "range": ["1 um", "9 um"], "source": "here", "fitted_to": ["peak"], "note": "so"}
for what, change in {
    "annotation without a value": {"value": None},
    "annotated value without unit": {"value": 5},
    "range of one number": {"range": ["1 um"]},
    "range without unit": {"range": [1, 2]},
    "unknown key of an annotation": {"vlaue": "5 um"},
    "source that is a number": {"source": 3},
}.items():
    annotated = {key: text for key, text in {**ANNOTATED, **change}.items() if text is not None}
    bad(what, lambda d, a=annotated: d["contact"].update(diameter=a))
bad("range of a word", lambda d: d["interface"].update(kinetics={"value": "sinh", "range": ["linear", "sinh"]}))
good["contact"]["diameter"] = ANNOTATED
good["grid"] = {"rings": {"value": 32, "range": [16, 64]}}
good["interface"]["kinetics"] = {"value": "sinh", "source": "section 2"}
good["protocol"][0]["cv"]["vertices"] = {"value": ["-10 mV"], "range": ["-20 mV", "20 mV"], "fitted_to": "nothing"}
for error in validator.iter_errors(good):
    failures.append(f"annotated values should be valid: {error.json_path}: {error.message[:200]}")
without = copy.deepcopy(good)
del without["protocol"], without["include"]
if validator.is_valid(without):
    failures.append("should be refused: neither protocol nor include")

print("\n".join(failures) if failures else "schema: good")
sys.exit(bool(failures))
