"""Parse YAML that others wrote: no aliases, no key twice, no deep nesting, no endless numbers.

An alias repeats what an anchor names: ten lines of them can stand for 10 billion values.
"""

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

MAX_DEPTH = 100  # levels of nesting; the deepest format read here, GeoJSON, has ten
MAX_DIGITS = 100  # of a whole number; an identifier of 128 bits has 39

_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_CONSTRUCTION_ERRORS = (ValueError, LookupError, AttributeError, TypeError, OverflowError)


class StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader, closed to what can harm or be forgotten without a word."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """Refuse aliases and deep nesting before anything is made of them."""
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            _refuse(f"an alias (*{event.anchor}); write out what it stands for", event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            _refuse(f"more than {MAX_DEPTH} levels of nesting", self.peek_event())  # type: ignore[no-untyped-call]
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        """Name the value that PyYAML's constructors would fail on with any built-in exception."""
        is_number = isinstance(node, ScalarNode) and node.tag in _NUMBER_TAGS
        if is_number and len(node.value) > MAX_DIGITS:
            _refuse(f"a number of more than {MAX_DIGITS} digits", node)
        if isinstance(node, MappingNode):
            _refuse_repeated_keys(node)
        try:
            return super().construct_object(node, deep)
        except _CONSTRUCTION_ERRORS:
            kind = node.tag.rsplit(":", maxsplit=1)[-1]
            shown = f"{node.value[:60]!r}" if isinstance(node, ScalarNode) else "a list or mapping"
            _refuse(f"{shown}, which is no value of the kind {kind!r}", node)


def parse_yaml(text: str) -> Any:
    """Return the value in a YAML text; dates become dates, as YAML has it.

    Raises:
        ValueError: if it is not YAML, or holds what this module refuses.
    """
    try:
        loader = StrictLoader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise ValueError(_said(error)) from None
    except (*_CONSTRUCTION_ERRORS, RecursionError) as error:
        raise ValueError(f"what PyYAML cannot read ({error})") from None


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return " ".join(str(error).split())
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return f"{said} (line {mark.line + 1}, column {mark.column + 1})"


def _refuse(found: str, where: Any) -> None:
    raise yaml.MarkedYAMLError(problem=found, problem_mark=where.start_mark)


def _refuse_repeated_keys(mapping: MappingNode) -> None:
    seen: set[tuple[str, str]] = set()
    for key, _ in mapping.value:
        if isinstance(key, ScalarNode):
            name = key.tag, key.value
            if name in seen:
                _refuse(f"the key {key.value!r} more than once", key)
            seen.add(name)
