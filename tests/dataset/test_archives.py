"""Tests for `gapjunction.dataset.archives`."""

import io
import os
import shutil
import stat
import subprocess
import sys
import warnings
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.dataset import archives
from gapjunction.dataset.archives import is_archive, unpacked
from gapjunction.dataset.reader import find_datasets, read_dataset, read_datasets
from gapjunction.errors import ArchiveError, DatasetError, ImageError
from gapjunction.images.pictures import read_picture


def zip_of(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """Write a zip file with these members, compressed, as they are."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in members:
            archive.writestr(name, content)
    return path


def zipped(folder: Path, path: Path) -> Path:
    """Write a zip of all in `folder`, without the folder itself, as the platform does."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return zip_of(path, *((f.relative_to(folder).as_posix(), f.read_bytes()) for f in files))


def special(name: str, mode: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = mode << 16
    return member


def test_unpacked__dataset__is_read_as_from_the_folder(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    [folder] = find_datasets(zipped(root, tmp_path / "set.zip"))
    ours, theirs = read_dataset(root), read_dataset(folder)
    assert theirs.name == "set"
    for one, other in zip(ours.images(), theirs.images(), strict=True):
        assert other.boxes.tolist() == one.boxes.tolist()
        assert other.path.read_bytes() == one.path.read_bytes()


def test_unpacked__folder_of_datasets_in_it__finds_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        build_dataset(tmp_path / "data" / name, num_assets=1)
    roots = find_datasets(zipped(tmp_path / "data", tmp_path / "data.zip"))
    assert [root.name for root in roots] == ["a", "b"]


def test_unpacked__twice__unpacks_once_unless_the_zip_changed(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("a.txt", b"1"))
    first = unpacked(path)
    assert unpacked(path) == first
    zip_of(path, ("a.txt", b"22"))
    assert (unpacked(path) / "a.txt").read_bytes() == b"22"


def test_unpacked__program_ends__leaves_nothing_behind(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("a.txt", b"1"))
    (tmp_path / "temporary").mkdir()
    code = (
        "from pathlib import Path; from gapjunction.dataset.archives import unpacked; "
        f"print((unpacked(Path({str(path)!r})) / 'a.txt').read_text()); raise SystemExit(2)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={"TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout == "1\n"
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("/etc/evil", "an absolute path"),
        ("C:\\evil", "an absolute path"),
        ("\\\\host\\evil", "an absolute path"),
        ("../evil", "a path out of the folder (..)"),
        ("a/../../evil", "a path out of the folder (..)"),
        ("a\\..\\..\\evil", "a path out of the folder (..)"),
        (special("link", stat.S_IFLNK | 0o777), "a link"),
        (special("pipe", stat.S_IFIFO | 0o644), "neither a file nor a folder"),
    ],
)
def test_unpacked__member_that_leaves_the_folder__is_refused_by_name(
    tmp_path: Path, member: str | zipfile.ZipInfo, found: str
) -> None:
    path = zip_of(tmp_path / "a.zip", ("fine.txt", b"1"), (member, b"/etc/passwd"))
    with pytest.raises(ArchiveError) as caught:
        unpacked(path)
    name = member if isinstance(member, str) else member.filename
    assert name.replace("\\", "/") in str(caught.value)
    assert f"found {found}" in str(caught.value)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("other", ["a.txt", "A.TXT", "./a.txt", "b\\..\\a.txt"])
def test_unpacked__one_name_twice__is_refused(tmp_path: Path, other: str) -> None:
    path = zip_of(tmp_path / "a.zip", ("a.txt", b"1"), (other, b"2"))
    with pytest.raises(ArchiveError, match="expected plain files"):
        unpacked(path)


def test_unpacked__file_where_a_folder_is_needed__is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("a", b"1"), ("a/b", b"2"))
    with pytest.raises(ArchiveError, match=r"'a/b'.*another member needs a folder"):
        unpacked(path)


def test_unpacked__bomb__is_refused_by_name(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("bomb.bin", bytes(archives.RATIO_MATTERS_FROM + 1)))
    with pytest.raises(ArchiveError, match=r"'bomb.bin'.*found 10,000,001 bytes packed into"):
        unpacked(path)


def test_unpacked__more_than_the_limits__is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zip_of(tmp_path / "a.zip", ("a", b"12"), ("b", b"34"))
    monkeypatch.setattr(archives, "MAX_TOTAL", 3)
    with pytest.raises(ArchiveError, match="at most 1,000,000 files and 3 bytes, found 2 files"):
        unpacked(path)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1)
    with pytest.raises(ArchiveError, match="at most 1 files"):
        unpacked(path)


def test_unpacked__no_space_on_the_disk__is_said_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zip_of(tmp_path / "a.zip", ("a", b"12"))
    usage = shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr("gapjunction.dataset.archives.shutil.disk_usage", lambda _: usage)
    with pytest.raises(ArchiveError, match=r"expected 2 free bytes.*found 1; make space"):
        unpacked(path)


def test_unpacked__encrypted__is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("secret.txt", b"1"))
    content = bytearray(path.read_bytes())
    for start in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):
        content[start] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ArchiveError, match=r"'secret.txt'.*found an encrypted file"):
        unpacked(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"nonsense"])
def test_unpacked__no_zip__is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ArchiveError, match="expected a zip file, found a damaged one"):
        unpacked(tmp_path / "a.zip")


def test_unpacked__content_that_does_not_fit_its_checksum__is_refused(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("a.txt", b"content")
    (tmp_path / "a.zip").write_bytes(stored.getvalue().replace(b"content", b"changed", 1))
    with pytest.raises(ArchiveError, match="expected a zip file, found a damaged one"):
        unpacked(tmp_path / "a.zip")


def test_unpacked__names_of_macos__keep_their_letters(tmp_path: Path) -> None:
    name = "ф漢é.txt"
    path = zip_of(tmp_path / "a.zip", ("x" * len(name.encode()), b"1"))
    content = path.read_bytes().replace(b"x" * len(name.encode()), name.encode())
    path.write_bytes(content)  # UTF-8 without the flag that says so
    assert [each.name for each in unpacked(path).iterdir()] == [name]


def test_unpacked__stray_folder_of_macos__is_left_out(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("a.txt", b"1"), ("__MACOSX/._a.txt", b"2"))
    assert [each.name for each in unpacked(path).iterdir()] == ["a.txt"]


def test_read_datasets__zip_of_a_wrong_dataset__is_an_error_that_names_the_zip(
    tmp_path: Path,
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    next(root.rglob("Detection/*.json")).write_text("{")
    path = zipped(root, tmp_path / "set.zip")
    with pytest.raises(DatasetError) as caught:
        read_datasets(path)
    assert str(caught.value).startswith(f"{path}: expected a dataset without errors")
    assert f"found 1 error: {path}/Assets/asset_0/Detection/" in str(caught.value)
    assert f"run 'gapjunction validate {path}'" in str(caught.value)


def test_read_datasets__one_name_in_a_zip_and_a_folder__names_both(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    path = zipped(root, tmp_path / "set.zip")
    with pytest.raises(DatasetError, match="different names") as caught:
        read_datasets([path, root])
    assert str(caught.value).startswith(f"{root}: ")
    assert f"found the name of {path};" in str(caught.value)


def test_unpacked__name_longer_than_a_disk_takes__is_a_line_that_names_the_zip(
    tmp_path: Path,
) -> None:
    path = zip_of(tmp_path / "set.zip", (f"Assets/{'- ' * 2000}.png", b""))
    with pytest.raises(
        ArchiveError, match=r"set\.zip: 'Assets/- - .*too long for the disk"
    ) as caught:
        unpacked(path)
    assert len(str(caught.value)) < 500


def test_unpacked__member_without_a_name__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"content")
    content = path.read_bytes()
    for signature, at in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):  # lengths of the name
        start = content.index(signature) + at
        content = content[:start] + bytes(2) + content[start + 2 :]
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"set\.zip"):
        unpacked(path)


def test_read_picture__damaged_one_in_a_zip__is_named_by_the_zip(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("b/c.png", b"1"))
    with pytest.raises(ImageError) as caught:
        read_picture(unpacked(path) / "b" / "c.png")
    assert caught.value.where == f"{path}/b/c.png"


def test_read_picture__in_a_process_of_its_own__is_named_by_the_zip_too(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("c.png", b"1"))
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(ImageError) as caught,
    ):
        pool.submit(read_picture, unpacked(path) / "c.png").result()
    assert str(caught.value).startswith(f"{path}/c.png: ")


def test_is_archive__goes_by_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder.zip").mkdir()
    assert is_archive(zip_of(tmp_path / "a.ZIP", ("a", b"1")))
    assert not is_archive(tmp_path / "folder.zip")
    assert not is_archive(tmp_path / "missing.zip")


def test_unpacked__files__look_as_old_as_their_zip(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", ("a.txt", b"1"))
    os.utime(path, (1e9, 1e9))
    (file,) = unpacked(path).iterdir()
    assert file.stat().st_mtime_ns == path.stat().st_mtime_ns


def test_find_datasets__zip_of_a_folder_of_datasets__are_those(tmp_path: Path) -> None:
    build_dataset(tmp_path / "all" / "first")
    build_dataset(tmp_path / "all" / "second")
    path = Path(shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path, "all"))
    assert [root.name for root in find_datasets(path)] == ["first", "second"]
