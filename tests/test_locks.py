"""Tests for `gapjunction.locks`."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gapjunction import locks
from gapjunction.errors import ConfigError
from gapjunction.locks import LOCK_NAME, alone_in, in_turn

HOLD = """
import sys
from pathlib import Path
from gapjunction.locks import alone_in
with alone_in(Path(sys.argv[1]), "a test"):
    print("holds", flush=True)
    sys.stdin.read()
"""
COUNT = """
import sys
from pathlib import Path
from gapjunction.locks import in_turn
number = Path(sys.argv[1])
for _ in range(20):
    with in_turn(number.with_name(".lock"), "a test"):
        number.write_text(str(int(number.read_text()) + 1))
"""
NO_PROCESS = 2**22 + 1  # above what Linux gives


@contextmanager
def held_elsewhere(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let another process be alone in `folder`."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"holds\n"
        yield process


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def left_behind(folder: Path, **changes: Any) -> Path:
    """Write the lock of a process of this machine that has ended."""
    holder = {"work": "gapjunction train", "pid": NO_PROCESS, "since": "2026-01-02 03:04:05"}
    here = {"host": socket.gethostname(), "boot": "a boot before"}
    (folder / LOCK_NAME).write_text(json.dumps(holder | here | changes))
    return folder / LOCK_NAME


def test_alone_in__another_process_is__says_who_since_when_and_where(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as other:
        with pytest.raises(ConfigError) as caught, alone_in(tmp_path, "predict"):
            pass
        found = rf"a test \(process {other.pid} on \S+, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\)"
        assert re.fullmatch(found, caught.value.found)
        assert caught.value.settings == ("output",)
    with alone_in(tmp_path, "predict"):
        assert LOCK_NAME in names_in(tmp_path)


def test_alone_in__holder_was_killed__takes_over(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
    assert (tmp_path / LOCK_NAME).exists()
    with alone_in(tmp_path, "predict"):
        assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"work": 1}', "\x00" * 300])
def test_alone_in__lock_cut_off__takes_over(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK_NAME).write_text(text)
    with alone_in(tmp_path, "predict"):
        pass
    assert names_in(tmp_path) == []


def test_alone_in__holder_on_another_host__says_what_to_delete(tmp_path: Path) -> None:
    lock = left_behind(tmp_path, host="another-host")
    expected = rf"2026-01-02 03:04:05.*if it runs no more, delete {lock}"
    with pytest.raises(ConfigError, match=expected), alone_in(tmp_path, "predict"):
        pass
    assert lock.exists()


def test_alone_in__container_of_this_machine_has_ended__takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boot_id = tmp_path / "boot_id"
    boot_id.write_text("this boot\n")
    monkeypatch.setattr(locks, "BOOT_ID", boot_id)
    left_behind(tmp_path, host="c0ffee", boot="this boot")
    with alone_in(tmp_path, "predict"):
        pass
    assert not (tmp_path / LOCK_NAME).exists()


@pytest.mark.parametrize(("pid", "is_refused"), [(os.getppid(), True), (NO_PROCESS, False)])
def test_alone_in__drive_without_locks__asks_for_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: int, *, is_refused: bool
) -> None:
    monkeypatch.setattr(locks, "_ask", lambda _: "unknown")
    left_behind(tmp_path, pid=pid)
    if is_refused:
        with pytest.raises(ConfigError, match="gapjunction train"), alone_in(tmp_path, "predict"):
            pass
    else:
        with alone_in(tmp_path, "predict"):
            pass


def test_alone_in__nothing_written__leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), alone_in(tmp_path / "runs" / "mine", "train"):
        raise ZeroDivisionError
    assert names_in(tmp_path) == []


def test_alone_in__file_of_that_name__is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("somebody's")
    with pytest.raises(ConfigError, match="found a file"), alone_in(tmp_path / "mine", "train"):
        pass
    assert (tmp_path / "mine").read_text() == "somebody's"


def test_alone_in__something_written__stays(tmp_path: Path) -> None:
    with alone_in(tmp_path / "runs" / "mine", "train"):
        (tmp_path / "runs" / "mine" / "weights").touch()
    assert names_in(tmp_path / "runs" / "mine") == ["weights"]


def test_in_turn__four_processes_count__none_is_lost(tmp_path: Path) -> None:
    number = tmp_path / "number"
    number.write_text("0")
    command = [sys.executable, "-c", COUNT, str(number)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert (number.read_text(), names_in(tmp_path)) == ("80", ["number"])


def test_in_turn__still_held_after_a_while__says_by_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "TURN_S", 0.1)
    expected = pytest.raises(TimeoutError, match="held by a test")
    with held_elsewhere(tmp_path), expected, in_turn(tmp_path / LOCK_NAME, "b"):
        pass
