"""Tests for `gapjunction.process_ids`."""

import os

from gapjunction.process_ids import is_running

NO_PROCESS = 2**22 + 1  # above what Linux gives


def test_is_running__this_parent_and_none__only_another_is() -> None:
    assert [is_running(pid) for pid in (os.getpid(), os.getppid(), NO_PROCESS)] == [
        False,
        True,
        False,
    ]
