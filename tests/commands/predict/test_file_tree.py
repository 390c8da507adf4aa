"""Tests for `gapjunction.commands.predict.file_tree`."""

from pathlib import Path

import pytest

from gapjunction.commands.predict import file_tree
from gapjunction.commands.predict.file_tree import FoundFile, divided
from gapjunction.errors import DatasetError


def fill(folder: Path, *places: str) -> Path:
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(b"1234")
    return folder


def parts_of(source: Path, *, is_recursive: bool = True) -> dict[int, list[str]]:
    left_out = source / "out"
    with divided(source, is_recursive=is_recursive, left_out=left_out) as listing:
        parts = {number: [each.place for each in own] for number, own in listing.parts()}
    assert listing.num_files == sum(map(len, parts.values()))
    return parts


def places_in(source: Path, *, is_recursive: bool = True) -> list[str]:
    parts = parts_of(source, is_recursive=is_recursive)
    return sorted(place for own in parts.values() for place in own)


def test_divided__tree__has_every_image_once(tmp_path: Path) -> None:
    source = fill(tmp_path, "b.png", "a.TIF", "sub/c.png", "sub/deep/d.jpg", "notes.txt")
    assert places_in(source) == ["a.TIF", "b.png", "sub/c.png", "sub/deep/d.jpg"]
    assert places_in(source, is_recursive=False) == ["a.TIF", "b.png"]


def test_divided__hidden_folders_output_and_planes_of_oif__are_left_out(tmp_path: Path) -> None:
    source = fill(tmp_path, "a.png", ".b.png", ".c/d.png", "out/e.png", "f.oif.files/g.tif")
    assert places_in(source) == ["a.png"]


def test_divided__files__come_with_size_and_time(tmp_path: Path) -> None:
    source = fill(tmp_path, "a.png")
    (source / "b.png").symlink_to(source / "gone.png")
    status = (source / "a.png").stat()
    with divided(source, is_recursive=False, left_out=source / "out") as listing:
        files = sorted(file for _, own in listing.parts() for file in own)
    assert files == [FoundFile("a.png", 4, status.st_mtime_ns), FoundFile("b.png", 0, 0)]


def test_divided__folder_of_few__is_kept_together(tmp_path: Path) -> None:
    source = fill(tmp_path, *(f"stack/{number}.png" for number in range(50)))
    assert len(parts_of(source)) == 1


def test_divided__file_that_joins_a_folder_of_many__changes_its_own_part_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_tree, "MOST_TOGETHER", 9)
    before = parts_of(fill(tmp_path, *(f"{number}.png" for number in range(50))))
    after = parts_of(fill(tmp_path, "new.png"))
    assert len(before) > 10
    changed = {number for number in after if after[number] != before.get(number)}
    assert [after[number] for number in changed if "new.png" in after[number]] == [
        after[number] for number in changed
    ]


def test_name__file_in_sub_folders__is_called_after_its_place() -> None:
    assert FoundFile("rat/left/a.b.png", 1, 1).name == "rat__left__a.b"


@pytest.mark.parametrize("places", [("a__b.png", "a/b.png"), ("a.png", "A.tif")])
def test_require_unique_names__two_of_one_name__are_refused(
    tmp_path: Path, places: tuple[str, str]
) -> None:
    source = fill(tmp_path, *places, "c.png")
    with divided(source, is_recursive=True, left_out=source / "out") as listing:  # noqa: SIM117
        with pytest.raises(DatasetError, match="expected a name of its own, found"):
            listing.require_unique_names(source)


def test_require_unique_names__all_differ__nothing_is_raised(tmp_path: Path) -> None:
    source = fill(tmp_path, "a/b.png", "a.png")
    with divided(source, is_recursive=True, left_out=source / "out") as listing:
        listing.require_unique_names(source)
    assert listing.num_files == 2
