"""Tests for `gapjunction.shortage`."""

import errno
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from gapjunction.shortage import is_disk_full, is_out_of_memory, nearest_folder

HUGE = 2**46  # numbers


def test_is_out_of_memory__what_numpy_and_torch_raise__is_told() -> None:
    with pytest.raises(MemoryError) as of_numpy:
        np.empty(HUGE)
    with pytest.raises(RuntimeError) as of_torch:
        torch.empty(HUGE)
    assert is_out_of_memory(of_numpy.value)
    assert is_out_of_memory(of_torch.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (ImportError("libtorch.so: failed to map segment from shared object"), True),
        (RuntimeError("size mismatch for head.weight"), False),
        (ValueError("out of memory lane"), False),
        (OSError(errno.ENOSPC, "No space left on device"), False),
    ],
)
def test_is_out_of_memory__error__is_told_from_others(error: Exception, *, expected: bool) -> None:
    assert is_out_of_memory(error) is expected


@pytest.mark.parametrize(
    ("error", "free", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 10**9, True),
        (OSError(errno.EACCES, "Permission denied"), 0, False),
        (RuntimeError("failed writing file"), 0, True),
        (RuntimeError("failed writing file"), 10**9, False),
        (RuntimeError("out of memory"), 0, False),
        (ValueError("a bug"), 0, False),
    ],
)
def test_is_disk_full__error__asks_the_disk_only_where_the_error_is_vague(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, free: int, *, expected: bool
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    assert is_disk_full(error, tmp_path / "new" / "a") is expected


def test_nearest_folder__parents_that_are_not_there__are_passed_over(tmp_path: Path) -> None:
    assert nearest_folder(tmp_path / "a" / "b" / "c") == tmp_path
