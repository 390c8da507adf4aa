"""Which device a command works on."""

import torch

from gapjunction.errors import DeviceError


def require_gpus(num_gpus: int | None) -> None:
    """Make sure that as many CUDA GPUs as asked for are there.

    Raises:
        DeviceError: if there are fewer.
    """
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if num_gpus is not None and num_gpus > found:
        raise DeviceError(
            f"num_gpus {num_gpus}",
            expected=f"as many CUDA GPUs as this machine has ({found})",
            found=str(num_gpus),
            fix="leave it out" if found == 0 else f"use {found}",
            settings=("num_gpus",),
        )


def has_cuda(num_gpus: int | None) -> bool:
    """Tell whether there is a CUDA GPU and `num_gpus` does not forbid it."""
    return torch.cuda.is_available() and num_gpus != 0


def choose_device(num_gpus: int | None) -> torch.device:
    """Return the first CUDA GPU unless there is none or `num_gpus` is 0: then the CPU.

    Raises:
        DeviceError: if a GPU is asked for and there is none.
    """
    require_gpus(num_gpus)
    return torch.device("cuda" if has_cuda(num_gpus) else "cpu")
