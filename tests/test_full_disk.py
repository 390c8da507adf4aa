"""Fills the disk while commands write: each says so in a line, and ends as ever once there is room.

The disk is one in memory, in a namespace of its own, which Linux lets any user make.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from whole_commands import COMMANDS, content, finish, furnish

PAGE = 4096  # bytes; files take whole ones
UNSHARE = ("unshare", "--user", "--map-root-user", "--mount")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("nsenter") is None
        or subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode != 0,
        reason="no namespaces to be had here",
    ),
]


@dataclass(frozen=True)
class SmallDisk:
    """A disk in memory; `folder` is where programs in its namespace see it, `seen` where we do."""

    pid: int
    folder: Path

    @property
    def seen(self) -> Path:
        return Path(f"/proc/{self.pid}/root{self.folder}")

    def run(self, arguments: Sequence[str], place: Path) -> subprocess.CompletedProcess[str]:
        """Run a program that sees the disk, in the folder `place`."""
        enter = ["nsenter", "--target", str(self.pid), "--user", "--preserve-credentials"]
        return subprocess.run(
            [*enter, "--mount", f"--wd={place}", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    def enlarge(self) -> None:
        grown = self.run(["mount", "-o", "remount,size=1g", str(self.folder)], self.folder)
        assert grown.returncode == 0, grown.stderr


@contextmanager
def small_disk(folder: Path, num_pages: int) -> Iterator[SmallDisk]:
    """Give a disk of so many pages at a new folder; it is gone after the block."""
    folder.mkdir()
    script = 'mount -t tmpfs -o size="$1" disk "$2" && echo ready && read -r _'
    process = subprocess.Popen(
        [*UNSHARE, "sh", "-c", script, "sh", str(num_pages * PAGE), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield SmallDisk(process.pid, folder)


def pages_of(folder: Path) -> int:
    return sum(-(-path.stat().st_size // PAGE) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all that commands need."""
    return furnish(tmp_path_factory.mktemp("full"))


def complaint_of(place: Path, name: str, share: float) -> str:
    """Give a command with room for a share of its output, then with more; return its complaint."""
    command, expected = COMMANDS[name], place / f"{name}_expected"
    if not expected.exists():
        finish(command, expected, place)
    num_pages = max(1, int(share * pages_of(expected)))
    with small_disk(place / f"{name}_{share}", num_pages) as disk:
        out, seen = disk.folder / "out", disk.seen / "out"
        broken = disk.run(command.arguments(out, seen), place)
        assert broken.returncode == 2, broken.stderr
        disk.enlarge()
        done = disk.run(command.arguments(out, seen), place)
        assert done.returncode == 0, done.stderr
        assert content(seen) == content(expected)
    assert "Traceback" not in broken.stderr
    return broken.stderr.splitlines()[-1]


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "benchmark"])
def test_command__disk_full_at_a_share_of_its_output__is_a_line_and_ends_as_ever_with_room(
    place: Path, name: str, share: float
) -> None:
    complaint = complaint_of(place, name, share)
    assert complaint.startswith(f"gapjunction: {place / f'{name}_{share}'}")
    assert "No space left on device: the disk of the folder" in complaint


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_benchmark__disk_full_at_a_share_of_its_store__names_it_and_keeps_the_results(
    place: Path, share: float
) -> None:
    complaint = complaint_of(place, "benchmark", share)
    assert complaint.startswith(f"gapjunction: {place / f'benchmark_{share}'}/out/mlflow.db: ")
    assert f"the disk of the folder {place / f'benchmark_{share}'}/out full" in complaint
    assert "gapjunction log runs/unlogged/" in complaint


def test_train__no_room_for_a_state_beside_the_one_before__is_a_line_and_resumes_to_the_same(
    place: Path,
) -> None:
    complaint = complaint_of(place, "train", 1.3)
    assert f"{place / 'train_1.3'}/out/state.pt: No space left on device: " in complaint
