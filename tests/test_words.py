"""Tests for words: American spelling in identifiers, in all text of the code and in the pages."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BRITISH = re.compile(
    "colour|normalis|centre|neighbour|behaviour|labell|modell|initialis|serialis|recognis|organis"
    "|summaris|minimis|maximis|optimis|analys(e|ing)d?_",
    re.IGNORECASE,
)
# Of text; "grey" and "cancelled" are known in America, too. In code, "learnt" is part of names.
BRITISH_TEXT = re.compile(
    r"(?:colour|normalis|centre|centring|neighbour|behaviour|labell(?!edby)|modell|initialis|serialis"
    "|recognis|organis|summaris|minimis|maximis|optimis|randomis|localis|characteris|generalis"
    "|specialis|standardis|visualis|utilis|categoris|customis|emphasis[ei]|parametris|regularis"
    "|quantis|penalis|synchronis|analys(?:ed?|ing)\\b|(?<!micro)metre|litre|fibre|programme\\b|favour"
    "|honour|catalogue|licence|judgement|artefact|tumour|haem|anaesth|towards|whilst|amongst)"
    r"\w*",
    re.IGNORECASE,
)
LEARNT = re.compile(r"\b(?:learnt|misspelt|spelt)\b", re.IGNORECASE)
FOLDERS = ("src", "tests", "bench", "scripts")
PAGES = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md"),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
)


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


@pytest.mark.parametrize("page", PAGES)
def test_pages__text__is_spelled_the_american_way(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [*BRITISH_TEXT.findall(text), *LEARNT.findall(text)] == []


def test_code__comments_and_strings__are_spelled_the_american_way() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {words}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
        for words in BRITISH_TEXT.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_british_names__a_file_with_one__finds_it(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text('is_colour = "colours"  # a comment or a text may say colour\n')
    assert british_names(path) == {"is_colour"}
