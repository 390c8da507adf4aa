"""Which file of a folder belongs to which asset: by subfolders, or by a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.dataset.creation.asset_table import FILE, AssetTable
from gapjunction.dataset.folders import is_stray
from gapjunction.dataset.names import as_file_name, require_utf8
from gapjunction.errors import DatasetError
from gapjunction.git_lfs import require_pulled
from gapjunction.images.microscope_files import READABLE_SUFFIXES
from gapjunction.text import normalized

OIF_FOLDER_SUFFIX = ".files"  # what lies beside an OIF file and belongs to it
SHOWN = 3


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files of each asset, and those of the folder that belong to none."""

    of_asset: dict[str, list[Path]]
    left_out: tuple[Path, ...]


def find_sources(folder: Path, table: AssetTable | None) -> SourceFiles:
    """Return the files of each asset, in order.

    With a column "file" the table decides, and paths are relative to `folder`. Otherwise each
    subfolder is an asset, with everything readable anywhere in it.

    Raises:
        DatasetError: if the folder is missing, a file or asset of the table is, files belong to
            no asset, or two assets would have one name.
    """
    if not folder.is_dir():
        raise DatasetError(
            folder, expected="a folder of images", found="none", fix="check the path"
        )
    require_pulled(folder)
    found = _by_table(folder, table) if table and table.asset_of else _by_folders(folder, table)
    if not found.of_asset:
        raise DatasetError(
            folder,
            expected=f"a folder for each asset with images ({', '.join(READABLE_SUFFIXES)})",
            found="none",
            fix=f"make these folders, or give a table with the columns asset and {FILE}",
        )
    _require_different_names(found.of_asset, folder)
    return found


def _by_table(folder: Path, table: AssetTable) -> SourceFiles:
    of_asset: dict[str, list[Path]] = {}
    known = {normalized(str(p.relative_to(folder).as_posix())): p for p in _files_in(folder)}
    for file, asset in table.asset_of.items():
        path = known.get(file)
        if path is None:
            raise DatasetError(
                table.path,
                item=f"file {file}",
                expected=f"a file in {folder}",
                found="none of that name",
                fix="correct the name, or copy the file there",
            )
        of_asset.setdefault(as_file_name(asset), []).append(path)
    named = {path for paths in of_asset.values() for path in paths}
    return SourceFiles(of_asset, tuple(p for p in known.values() if p not in named))


def _by_folders(folder: Path, table: AssetTable | None) -> SourceFiles:
    of_asset: dict[str, list[Path]] = {}
    left_out, loose = [], []
    folders: dict[str, str] = {}
    for path in _files_in(folder):
        if path.suffix.lower() not in READABLE_SUFFIXES:
            left_out.append(path)
        elif path.parent == folder:
            loose.append(path)
        else:
            name = path.relative_to(folder).parts[0]
            _require_one_spelling(folders, name, folder)
            of_asset.setdefault(normalized(name), []).append(path)
    if loose:
        raise DatasetError(
            folder,
            expected="each image in the folder of its asset",
            found=f"{len(loose)} beside them: {_shown(loose)}",
            fix="move them into a folder for each asset, or give a table with the columns asset "
            f"and {FILE}",
        )
    missing = [asset for asset in (table.metadata if table else {}) if asset not in of_asset]
    if table and missing:
        raise DatasetError(
            table.path,
            item=f"asset {missing[0]}",
            expected=f"a folder of that name with images in {folder}",
            found="none",
            fix=f"correct the name, or add a column {FILE}",
        )
    return SourceFiles(of_asset, tuple(left_out))


def _files_in(folder: Path) -> list[Path]:
    """Return all files in a folder and below it, sorted, without stray files and OIF's own."""
    found = []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        is_of_oif = any(part.lower().endswith(OIF_FOLDER_SUFFIX) for part in inner[:-1])
        if path.is_file() and not is_of_oif and not any(map(is_stray, inner)):
            require_utf8(path, folder)
            found.append(path)
    return found


def _require_one_spelling(folders: dict[str, str], name: str, folder: Path) -> None:
    """Refuse two folders whose names look the same: they would be one asset."""
    other = folders.setdefault(normalized(name), name)
    if other != name:
        raise DatasetError(
            folder,
            item=f"asset {name}",
            expected="a name of its own",
            found=f"one that looks the same ({name!a}, {other!a})",
            fix="rename one of the folders, or put all files into one",
        )


def _require_different_names(assets: Iterable[str], folder: Path) -> None:
    seen: dict[str, str] = {}
    for asset in assets:
        other = seen.setdefault(asset.casefold(), asset)
        if other != asset or not asset:
            raise DatasetError(
                folder,
                item=f"asset {asset}",
                expected="a name of its own, whatever its case",
                found=f"{other} as well" if asset else "no letter that a file name may have",
                fix="rename one of them",
            )


def _shown(paths: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in paths[:SHOWN])
    return f"{names}, ..." if len(paths) > SHOWN else names
