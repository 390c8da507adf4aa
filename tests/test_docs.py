"""Tests that the documentation holds: its links lead somewhere, and its code runs."""

import re
import subprocess
import sys
from codeop import compile_command
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
import yaml
from docs.pages import api_page, commands_page

from docs_blocks import (
    DOCS,
    README,
    ROOT,
    blocks_of,
    copy_data,
    lines_not_printed,
    printed_by,
    run_blocks,
    sessions_of,
)
from gapjunction.cli import VERBS, config_class_of
from gapjunction.commands.option_names import option_of

WRITTEN_BY_CODE = {"commands.md", "api.md"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
PAGES_WITH_SESSIONS = (
    "annotation-formats.md",
    "counting.md",
    "dataset-format.md",
    "stacks.md",
    "trust.md",
)
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def anchors_of(page: Path) -> set[str]:
    """Return what headings of a page are called in links to them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links__of_a_page__lead_to_files_and_headings(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        place, _, anchor = link.partition("#")
        if "://" in link or place in WRITTEN_BY_CODE:
            continue
        target = page.parent / place if place else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: str(page.stem))
def test_pictures__of_a_page__open_in_full_size(page: Path) -> None:
    # On a phone their text is too small to read.
    for line in page.read_text(encoding="utf-8").splitlines():
        picture = re.search(r"!\[[^\]]*\]\(([^)]+)\)", line)
        assert picture is None or line.endswith(f"{picture[0]}]({picture[1]})")


def test_site__pages__are_all_in_its_contents() -> None:
    # The tags of plug-ins are not looked at.
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    listed = set(re.findall(r"[\w/-]+\.md", str(nav)))
    assert listed == {each.relative_to(DOCS).as_posix() for each in DOCS.rglob("*.md")} | (
        WRITTEN_BY_CODE
    )


def test_commands_page__every_option_of_every_command__has_a_row() -> None:
    sections = dict(
        each.split("\n", 1) for each in commands_page().split("## gapjunction ") if "\n\n|" in each
    )
    assert list(sections) == [" ".join(verb.words) for verb in VERBS]
    for verb in VERBS:
        shown = re.findall(r"^\| `([^`]+)` \|", sections[" ".join(verb.words)], flags=re.M)
        fields = config_class_of(verb).model_fields
        assert shown == [option_of(name, field) for name, field in fields.items()]


def test_commands_page__defaults__name_no_folder_of_this_machine() -> None:
    assert str(ROOT) not in commands_page()


def test_api_page__names__are_those_of_the_package() -> None:
    named = [each.rpartition(".")[2] for each in re.findall(r"^::: (.+)$", api_page(), re.M)]
    assert named == [
        *("Detections", "Found", "GapJunctionError", "Model", "benchmark_counts"),
        *("link_slices", "measure", "predict", "read_datasets", "read_image", "train"),
    ]


@pytest.mark.slow
def test_start__blocks__run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_blocks("index.md", tmp_path)
    assert capsys.readouterr().out.splitlines()[-1].startswith("{'gap_junction': ")
    assert len(list((tmp_path / "runs" / "tried" / "overlays").iterdir())) == 4


@pytest.mark.parametrize("page", ["index.md", "tutorial.md", "python.md", README])
def test_python__blocks_of_a_page__can_be_typed_at_the_prompt(page: str) -> None:
    """There a loop ends with an empty line, which a file does not need."""
    for text in [text for language, text in blocks_of(page) if language == "python"]:
        typed = ""
        for line in [*text.splitlines(), ""]:
            typed += line + "\n"
            if line == "" or not line.startswith(" "):
                typed = "" if compile_command(typed, "typed", "single") else typed
        assert not typed.strip()


@pytest.mark.slow
def test_tutorial__blocks__end_in_a_figure(tmp_path: Path) -> None:
    run_blocks("tutorial.md", tmp_path)
    assert (tmp_path / "plaques.png").stat().st_size > 10_000


def test_blocks_of__page_with_both__are_in_their_order() -> None:
    assert [language for language, _ in blocks_of("tutorial.md")][:3] == ["sh", "python", "sh"]


@pytest.mark.slow
def test_readme__blocks__leave_a_table_of_plaques_and_a_report(tmp_path: Path) -> None:
    copy_data(tmp_path)
    run_blocks(README, tmp_path)
    for name in ("human/objects.csv", "human/stacks.csv", "report/report.html"):
        assert (tmp_path / "runs" / name).is_file()


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES_WITH_SESSIONS)
def test_sessions__of_a_page__print_what_it_shows(page: str, tmp_path: Path) -> None:
    copy_data(tmp_path)
    for command, shown in sessions_of(page):
        assert lines_not_printed(shown, printed_by(command, tmp_path)) == []
    if page == "stacks.md":
        assert shown_stacks(page) == written_stacks(tmp_path / "runs" / "human" / "stacks.csv")


def shown_stacks(page: str) -> list[list[str]]:
    """Return the rows of the table of stacks, but for the true number of plaques."""
    rows = re.findall(r"^\| ([0-9a-f]{8}) \|(.+)\|$", (DOCS / page).read_text("utf-8"), re.M)
    return [[asset, *numbers.replace(" ", "").split("|")[:-1]] for asset, numbers in rows]


def written_stacks(path: Path) -> list[list[str]]:
    columns = ["asset", "plaques", "low", "high", "boxes"]
    return pd.read_csv(path, dtype=str)[columns].to_numpy().tolist()


def test_pages_with_sessions__are_all_that_are_tested() -> None:
    found = {path.name for path in DOCS.glob("*.md") if sessions_of(path.name)}
    assert found == set(PAGES_WITH_SESSIONS)


def test_lines_not_printed__other_number__is_named() -> None:
    shown = ["4 im...es", "...", "3 plaques", "run 20418988277540709f10ffb1b101f2a3"]
    printed = ["4 images", "a message", "3 plaques", "run ffffffffffffffffffffffffffffffff"]
    assert lines_not_printed(shown, printed) == []
    assert lines_not_printed(["4 images", "5 plaques"], printed) == ["5 plaques"]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("mkdocs") is None, reason="the extra docs is not installed")
def test_site__built_strictly__has_no_warning(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "commands.html").is_file()
