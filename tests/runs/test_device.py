"""Tests for `gapjunction.runs.device`."""

from unittest.mock import patch

import pytest
import torch

from gapjunction.runs.device import choose_device, has_cuda


@pytest.mark.parametrize(("num_gpus", "expected"), [(None, True), (1, True), (0, False)])
def test_has_cuda__machine_with_a_gpu__goes_by_what_is_asked(
    num_gpus: int | None, *, expected: bool
) -> None:
    with patch("torch.cuda.is_available", return_value=True):
        assert has_cuda(num_gpus) is expected


def test_has_cuda__machine_without_a_gpu__has_none() -> None:
    with patch("torch.cuda.is_available", return_value=False):
        assert not has_cuda(None)


def test_choose_device__gpu_that_is_not_to_be_used__is_the_cpu() -> None:
    with (
        patch("torch.cuda.is_available", return_value=True),
        patch("torch.cuda.device_count", return_value=1),
    ):
        assert choose_device(0) == torch.device("cpu")
