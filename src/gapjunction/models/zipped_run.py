"""A run folder in a zip, as people send models to each other: read and written."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gapjunction.errors import CheckpointError
from gapjunction.models.checkpoint import CARD_NAME, CONFIG_NAME, WEIGHTS_NAME
from gapjunction.models.hub_run import HubRun
from gapjunction.outside_zips import opened_zip
from gapjunction.temporary_copies import passing_copy

NEEDED = (WEIGHTS_NAME, CONFIG_NAME)
MOST_BYTES = 4_000_000_000  # unpacked; the largest network has 0.9 GB of weights


@contextmanager
def opened_run(path: Path) -> Iterator[Path]:
    """Give the run folder at `path` or, of a zip of one, a copy that is gone in the end.

    hf://user/model[@revision] is a run on the Hugging Face Hub.

    Raises:
        CheckpointError: if a zip cannot be read, or holds no run or several, or the Hub has none.
        ConfigError: if the package that asks the Hub is not installed.
    """
    if on_hub := HubRun.of(path):
        yield on_hub.folder()
        return
    if not path.is_file() or not zipfile.is_zipfile(path):
        yield path
        return
    with passing_copy(path) as unpacked:
        _unpack(path, unpacked)
        yield unpacked


def write_run(folder: Path, path: Path) -> None:
    """Write a zip of a run folder: how to use it, weights and, where there is one, its card.

    What training needs to go on is not in it. The same run gives the same bytes.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in (*NEEDED, CARD_NAME):
            if not (folder / name).is_file():
                continue
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            with (
                (folder / name).open("rb") as source,
                packed.open(member, "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(source, target)


def _unpack(path: Path, folder: Path) -> None:
    """Write the two files of the only run in a zip into a folder."""
    with opened_zip(path, CheckpointError) as packed:
        members = {PurePosixPath(each.filename): each for each in packed.infolist()}
        runs = [each.parent for each in members if each.name == WEIGHTS_NAME]
        whole = [run for run in runs if run / CONFIG_NAME in members]
        if len(whole) != 1:
            found = f"{len(whole)} runs" if whole else "none"
            raise _refusal(path, found, f"pack one folder with {' and '.join(NEEDED)}")
        for name in NEEDED:
            member = members[whole[0] / name]
            if member.file_size > MOST_BYTES:
                raise _refusal(path, f"{name} of {member.file_size:,} bytes", "check the zip")
            with packed.open(member) as source, (folder / name).open("wb") as target:
                shutil.copyfileobj(source, target)


def _refusal(path: Path, found: str, fix: str) -> CheckpointError:
    return CheckpointError(path, expected="a zip of one run folder", found=found, fix=fix)
