"""Tests for requirements.lock."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

LOCKED = ("cluster", "dev", "track", "train")
ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LISTED = [*PROJECT["dependencies"], *(each for name in LOCKED for each in EXTRAS[name])]
NEEDED = [each for each in LISTED if Requirement(each).name != PROJECT["name"]]
ENTRIES = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
PINNED = {
    found[1].lower(): found[2]
    for found in (re.match(r"([\w.-]+)==([\w.]+)", entry) for entry in ENTRIES)
    if found
}


@pytest.mark.parametrize("text", NEEDED)
def test_lock__what_the_project_needs__is_pinned_in_a_version_that_it_takes(text: str) -> None:
    needed = Requirement(text)
    assert needed.specifier.contains(PINNED[needed.name.lower().replace("_", "-")])


def test_lock__each_entry__has_hashes_and_no_address() -> None:
    assert all("--hash=sha256:" in entry for entry in ENTRIES)
    assert "://" not in "".join(ENTRIES)
