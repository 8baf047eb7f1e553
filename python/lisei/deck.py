"""Decks as nested dictionaries and by dotted keys; quantities are text with a unit, "9.64 um"."""

import copy
import os
import re
import tempfile

from .packages import missing, require
from .program import DeckError, check, schema

yaml = require("yaml", "a deck")


class _Loader(yaml.SafeLoader):
    """YAML as the program reads it: no dates, no octal, no yes and no; a key given twice is an error."""

    yaml_implicit_resolvers = {}


for _tag, _pattern, _first in (("bool", r"true|false", "tf"), ("int", r"[-+]?[0-9]+", "-+0123456789"),
                               ("float", r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", "-+0123456789."), ("null", r"~|null|", ["~", "n", ""])):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _mapping(loader, node, deep=True):
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
    if twice is not None:
        raise DeckError(f"{node.start_mark.name}:{node.start_mark.line + 1}: '{twice}' is given twice")
    return {key: loader.construct_object(value, deep=deep) for key, (_, value) in zip(keys, node.value)}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class Deck:
    """A deck. `data` is the nested dictionary; deck["contact.diameter"] reads and writes by dotted key.

    Reading looks through the decks that it includes; writing goes to this one, which overrides them. Files are named relative to
    `folder`.
    """

    def __init__(self, data=None, folder="."):
        self.data = copy.deepcopy(dict(data or {}))
        self.folder = os.path.abspath(folder)

    @classmethod
    def load(cls, path):
        """Read a YAML file; DeckError if it is none."""
        try:
            with open(path, encoding="utf-8-sig") as stream:
                data = yaml.load(stream, Loader=_Loader)
        except yaml.YAMLError as error:
            raise DeckError(f"{path} is not YAML: {error}") from error
        if not isinstance(data, dict):
            raise DeckError(f"{path} is not a deck: expected groups and keys")
        return cls(data, os.path.dirname(os.path.abspath(path)))

    @classmethod
    def parse(cls, text, folder="."):
        """From YAML text."""
        return cls(yaml.load(text, Loader=_Loader), folder)

    # --- by dotted key
    def _included(self):
        names = self.data.get("include", [])
        for name in reversed(names if isinstance(names, list) else [names]):
            yield Deck.load(os.path.join(self.folder, name))

    def __getitem__(self, key):
        place, parts = self.data, key.split(".")
        for part in parts:
            if not isinstance(place, dict) or part not in place:
                break
            place = place[part]
        else:
            return place
        for deck in self._included():
            if key in deck:
                return deck[key]
        raise KeyError(f"{key} is given neither in the deck nor in those that it includes: the program's default holds (lisei help {key})")

    def __setitem__(self, key, value):
        place, parts = self.data, key.split(".")
        for part in parts[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise KeyError(f"{key}: '{part}' is no group in this deck")
        place[parts[-1]] = value

    def __delitem__(self, key):
        place, parts = self.data, key.split(".")
        for part in parts[:-1]:
            place = place[part]
        del place[parts[-1]]

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def get(self, key, default=None):
        return self[key] if key in self else default

    def copy(self, **settings):
        """A deck of its own; settings={"needle.pressure": ...} as keyword **{"needle.pressure": ...}."""
        deck = Deck(self.data, self.folder)
        for key, value in settings.items():
            deck[key] = value
        return deck

    # --- text and files
    def text(self, folder=None):
        """As YAML; names of files are made relative to the folder where the text will lie."""
        data = self.data if folder is None else _moved(self.data, self.folder, os.path.abspath(folder))
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)

    def save(self, path):
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(self.text(os.path.dirname(os.path.abspath(path))))

    def write_temporary(self):
        """A file for the program, to be deleted by the caller."""
        handle, path = tempfile.mkstemp(prefix="lisei-", suffix=".yaml")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(self.text(os.path.dirname(path)))
        return path

    # --- is it right
    def validate(self, program_path=None):
        """Check by the program's JSON Schema (python3-jsonschema): keys, types, ranges of plain numbers. DeckError with all errors."""
        if missing("jsonschema"):
            require("jsonschema", "Deck.validate")
        import jsonschema
        validator = jsonschema.Draft202012Validator(schema(program_path))
        errors = [f"{error.json_path.removeprefix('$.') or 'deck'}: {error.message}" for error in validator.iter_errors(self.data)]
        if errors:
            raise DeckError("\n".join(errors))

    def check(self, settings=None, program_path=None):
        """Check by the program, with units and rules between keys; returns its table. DeckError with all errors."""
        return check(self, settings, program_path)

    def __repr__(self):
        return f"Deck({self.data.get('title', '')!r}, groups: {', '.join(key for key in self.data if isinstance(self.data[key], (dict, list)))})"


def _moved(data, old, new):
    """Deep copy with the names of files (`include`, and keys called `file`) relative to another folder."""
    def name(value):
        return value if old == new or os.path.isabs(value) else os.path.relpath(os.path.join(old, value), new)

    def walk(value):
        if isinstance(value, dict):
            return {key: name(inner) if key == "file" and isinstance(inner, str) else walk(inner) for key, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    moved = walk(data)
    if "include" in moved:
        names = moved["include"]
        moved["include"] = [name(one) for one in names] if isinstance(names, list) else name(names)
    return moved
