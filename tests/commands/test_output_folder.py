"""Tests for `gapjunction.commands.output_folder`."""

from pathlib import Path

import pytest

from gapjunction.commands.output_folder import require_new
from gapjunction.errors import ConfigError


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")


@pytest.mark.parametrize(
    "name", [None, ".DS_Store", "Thumbs.db", ".12-partial-model.safetensors", "splits.json"]
)
def test_require_new__folder_without_anything_to_lose__is_taken(
    tmp_path: Path, name: str | None
) -> None:
    out = tmp_path / "out"
    if name is not None:
        write(out / name)
    require_new(out, option="--output", leftovers=("splits.json",))


@pytest.mark.parametrize(
    ("name", "shown"), [("thesis.docx", "thesis.docx"), (".git/HEAD", ".git"), ("a/b", "a")]
)
def test_require_new__folder_with_something_in_it__is_refused(
    tmp_path: Path, name: str, shown: str
) -> None:
    write(tmp_path / "out" / name)
    with pytest.raises(ConfigError, match=f"found a folder with {shown} in it; .*OUT"):
        require_new(tmp_path / "out", option="OUT")


def test_require_new__file_and_link_to_nothing__are_refused(tmp_path: Path) -> None:
    write(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name, found in (("file", "a file"), ("link", "a link to nothing")):
        with pytest.raises(ConfigError, match=f"found {found};"):
            require_new(tmp_path / name, option="--output")
