"""Tests for the words of the code: American spelling in every identifier, and one way of each."""

import io
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[1]
BRITISH = re.compile(
    "colour|normalis|centre|neighbour|behaviour|labell|modell|initialis|serialis|recognis|organis"
    "|summaris|minimis|maximis|optimis|analys(e|ing)d?_",
    re.IGNORECASE,
)
FOLDERS = ("src", "tests", "bench", "scripts")


def british_names(path: Path) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    names = {token.string for token in tokens if token.type == tokenize.NAME} | {path.stem}
    return {name for name in names if BRITISH.search(name)}


def test_identifiers__everywhere__are_spelled_the_american_way() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for name in british_names(path)
    }
    assert found == set()


def test_british_names__a_file_with_one__finds_it(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text('is_colour = "colours"  # a comment or a text may say colour\n')
    assert british_names(path) == {"is_colour"}
