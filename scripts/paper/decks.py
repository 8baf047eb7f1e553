"""Decks as nested dictionaries, with what they include."""

import os

import yaml


class InputError(Exception):
    """What is wrong with a file of inputs/paper, for people."""


def read_yaml(path):
    try:
        with open(path, encoding="utf-8") as file:
            return yaml.safe_load(file)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML: {error}") from error


def chain_of(inputs, deck):
    """Names, without .yaml, of a deck of the experiments and of what it includes, the deck first."""
    found, queue = [], [deck]
    while queue:
        name = queue.pop(0)
        path = os.path.join(inputs, name + ".yaml")
        if name in found or name == "parameters" or not os.path.exists(path):
            continue
        found.append(name)
        included = (read_yaml(path) or {}).get("include", [])
        queue += [os.path.splitext(other)[0] for other in ([included] if isinstance(included, str) else included)]
    return found


def merged(path, without=()):
    """A deck with what it includes, as nested dictionaries; annotated values stay so. without: names of files not to include."""
    tree = read_yaml(path) or {}
    included = tree.pop("include", [])
    result = {}
    for other in [included] if isinstance(included, str) else included:
        if other not in without:
            _lay_over(result, merged(os.path.join(os.path.dirname(path), other), without))
    _lay_over(result, tree)
    return result


def _annotated(node):
    return isinstance(node, dict) and "value" in node


def _lay_over(below, above):
    for key, value in above.items():
        old = below.get(key)
        if _annotated(old):
            kept = {"range": old["range"]} if "range" in old else {}
            below[key] = {**kept, **value} if _annotated(value) else {**kept, "value": value}
        elif isinstance(value, dict) and isinstance(old, dict) and not _annotated(value):
            _lay_over(old, value)
        else:
            below[key] = value


def lookup(tree, key):
    """(value, range or None) of a dotted key; (None, None) where it is not there."""
    for word in key.split("."):
        if not isinstance(tree, dict) or word not in tree:
            return None, None
        tree = tree[word]
    return (tree["value"], tree.get("range")) if _annotated(tree) else (tree, None)
