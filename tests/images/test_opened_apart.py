"""Tests for `gapjunction.images.opened_apart`, with made-for-test readers."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.opened_apart import opened_apart
from gapjunction.images.reader_process import ReaderMistake
from gapjunction.process_ids import is_running
from made_readers import (
    opened_by_a_mistake,
    opened_for_planes,
    opened_never,
    opened_well,
    opened_with_talk,
    plane_of,
)

# It has no guard of `__main__`: the other process must not run it again.
SCRIPT = """
import sys
from pathlib import Path
from gapjunction.images.opened_apart import opened_apart
from made_readers import opened_well
print("once")
with opened_apart(opened_well, Path(sys.argv[1])) as (scene,):
    print(scene.read_plane(0, 2, 1).max(), scene.name.split()[0])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.czi").write_text("pixels")
    return tmp_path / "a.czi"


def opened_by(path: Path) -> int:
    """Return the id of the process that opens files now."""
    with opened_apart(opened_well, path) as (scene,):
        return int(scene.name.split()[0])


def refusal_of(path: Path, how: str) -> str:
    path.write_text(how)
    with (
        pytest.raises(ImageError) as caught,
        opened_apart(opened_for_planes, path) as (scene,),
    ):
        scene.read_plane(0, 0, 0)
    return str(caught.value)


def test_opened_apart__reader_that_works__gives_scenes_and_planes(path: Path) -> None:
    with opened_apart(opened_well, path) as (scene,):
        assert scene.name.endswith("pixels")
        for place, channel in np.ndindex(3, 2):
            expected = plane_of(0, place, channel)
            np.testing.assert_array_equal(scene.read_plane(0, place, channel), expected)


def test_opened_apart__files_one_after_another__share_a_process(path: Path) -> None:
    assert opened_by(path) == opened_by(path)


def test_opened_apart__two_files_at_once__have_a_process_each(path: Path) -> None:
    with opened_apart(opened_well, path) as (outer,):
        assert opened_by(path) != int(outer.name.split()[0])
        np.testing.assert_array_equal(outer.read_plane(0, 1, 0), plane_of(0, 1, 0))


def test_opened_apart__relative_path__is_meant_from_here(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_by(path)
    monkeypatch.chdir(path.parent)
    with opened_apart(opened_well, Path("a.czi")) as (scene,):
        assert scene.name.endswith("pixels")


def test_opened_apart__package_that_prints__is_no_answer(path: Path) -> None:
    with opened_apart(opened_with_talk, path) as (scene,):
        np.testing.assert_array_equal(scene.read_plane(0, 0, 1), plane_of(0, 0, 1))


def test_opened_apart__damaged_plane__is_refused_and_the_process_kept(path: Path) -> None:
    before = opened_by(path)
    assert "a.czi: expected a readable image, found" in refusal_of(path, "refuse")
    assert opened_by(path) == before


def test_opened_apart__opening_loops__is_ended_in_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opened_by(path)
    monkeypatch.setattr("gapjunction.images.reader_process.OPENING_S", 0.3)
    with (
        pytest.raises(ImageError, match=r"a\.czi: .*was at work for 0\.3 s; export the image"),
        opened_apart(opened_never, path),
    ):
        pass
    assert not is_running(before)


def test_opened_apart__plane_loops__is_ended_in_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.images.reader_process.PLANE_S", 0.3)
    assert "was at work for 0.3 s" in refusal_of(path, "loop")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_opened_apart__plane_eats_memory__is_said_as_that(path: Path) -> None:
    assert "expected an image that fits into memory" in refusal_of(path, "eat")


def test_opened_apart__process_dies__is_one_line_and_the_next_file_is_read(path: Path) -> None:
    before = opened_by(path)
    line = refusal_of(path, "die")
    assert "broke down (exit code -6)" in line
    assert len(line.splitlines()) == 1
    assert not is_running(before)
    assert opened_by(path) != before


def test_opened_apart__interrupted__ends_the_process(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), opened_apart(opened_well, path) as (scene,):
        raise KeyboardInterrupt
    assert not is_running(int(scene.name.split()[0]))


def test_opened_apart__error_where_planes_are_used__keeps_the_process(path: Path) -> None:
    before = opened_by(path)
    with pytest.raises(ZeroDivisionError), opened_apart(opened_well, path):
        raise ZeroDivisionError
    assert opened_by(path) == before


def test_opened_apart__plane_after_the_block__is_refused(path: Path) -> None:
    with opened_apart(opened_well, path) as (scene,):
        pass
    with opened_apart(opened_well, path), pytest.raises(ValueError, match="closed"):
        scene.read_plane(0, 0, 0)


def test_opened_apart__mistake_of_ours__keeps_its_traceback(path: Path) -> None:
    with (
        pytest.raises(ReaderMistake, match=r"(?s)Traceback.*ImportError: no_such_package"),
        opened_apart(opened_by_a_mistake, path),
    ):
        pass


def test_opened_apart__script_without_a_guard__runs_once_and_leaves_no_process(path: Path) -> None:
    script = path.parent / "script.py"
    script.write_text(f"import sys; sys.path[:] = {sys.path!r}\n{SCRIPT}")
    done = subprocess.run(
        [sys.executable, "-X", "dev", str(script), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    once, value, pid = done.stdout.split()
    assert (once, value, done.stderr) == ("once", "21", "")
    assert not is_running(int(pid))
