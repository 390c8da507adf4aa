"""Hypothesis draws the damage: what fails is made small, and comes again in the next run."""

from random import Random

from hypothesis import strategies as st

from fuzz.byte_edits import damaged_bytes
from fuzz.file_edits import damaged_file
from fuzz.tree_edits import damaged_tree

_PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
json_values = st.recursive(
    _PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
_randoms = st.randoms(use_true_random=False)


def damaged_texts(content: str) -> st.SearchStrategy[bytes]:
    """Draw damaged forms of a text file."""
    return st.builds(damaged_bytes, st.just(content.encode()), _randoms)


def damaged_files(content: bytes) -> st.SearchStrategy[bytes]:
    """Draw damaged forms of a file, as its kind allows or anyhow."""
    return st.builds(damaged_file, st.just(content), _randoms)


def damaged_documents(document: object) -> st.SearchStrategy[object]:
    """Draw damaged forms of a nested value, or any other value."""
    return st.builds(damaged_tree, st.just(document), _randoms) | json_values


def randoms() -> st.SearchStrategy[Random]:
    """Draw sources of damage."""
    return _randoms
