"""Tests of the limits of time and memory."""

import subprocess
import sys

import pytest

from fuzz.limits import largest_memory

TAKE = "import sys; taken = b'x' * int(sys.argv[1]); print('taken', flush=True); input()"


@pytest.mark.long
@pytest.mark.parametrize("is_running", [True, False])
def test_largest_memory__taken_by_a_process_that_this_one_started__is_seen(
    *, is_running: bool
) -> None:
    wanted = largest_memory() + 50 * 10**6
    with subprocess.Popen(
        [sys.executable, "-c", TAKE, str(wanted)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"taken\n"
        if not is_running:
            process.stdin.write(b"\n")
            process.stdin.close()
            process.wait()
        assert largest_memory() > wanted
