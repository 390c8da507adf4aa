"""Damage nested values, as JSON and YAML hold them: the file stays one that can be parsed."""

import copy
from random import Random
from typing import Any

from fuzz.byte_edits import TEXTS

BAD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3, 2.5, 10**30, -(10**30), 1e300, float("nan"), float("inf")),
    *("", "x", "3", "nan", "\ud800", [], {}, [1], [None], [[1, 2]], {"a": 1}, {"": {}}),
)


def damaged_tree(tree: Any, random: Random) -> Any:
    """Return `tree` after one to three random edits; it is not changed itself."""
    tree = copy.deepcopy(tree)
    for _ in range(random.choice((1, 1, 2, 3))):
        tree = _edited(tree, random)
    return tree


def _edited(tree: Any, random: Random) -> Any:
    places = list(_places(tree))
    if not places or random.random() < 0.03:
        return _bad_value(random)
    parent, key = random.choice(places)
    edit = random.randrange(6)
    if edit == 0:
        del parent[key]
    elif edit == 1:
        _repeat(parent, key, random)
    elif edit == 2 and isinstance(parent, dict):
        parent[random.choice(TEXTS)] = parent.pop(key)
    elif edit == 3:
        parent[key] = copy.deepcopy(random.choice(places)[0])
    else:
        parent[key] = _bad_value(random)
    return tree


def _repeat(parent: Any, key: Any, random: Random) -> None:
    """Let a list hold an item several times; an object's value becomes a list of itself."""
    times = random.choice((2, 2, 3, 100))
    if isinstance(parent, list):
        parent[key:key] = [copy.deepcopy(parent[key]) for _ in range(times)]
    else:
        parent[key] = [parent[key]] * times


def _bad_value(random: Random) -> Any:
    if random.random() < 0.3:
        return random.choice(TEXTS)
    if random.random() < 0.03:
        return _nested(random.choice((50, 300)))
    return copy.deepcopy(random.choice(BAD_VALUES))


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Return (parent, key) of each value below `tree`."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree] if isinstance(tree, dict | list) else []
    while waiting and len(found) < 2000:
        parent = waiting.pop()
        keys = list(parent) if isinstance(parent, dict) else range(len(parent))
        found += [(parent, key) for key in keys]
        waiting += [parent[key] for key in keys if isinstance(parent[key], dict | list)]
    return found
