"""Which device a command works on."""

import os

import torch

from gapjunction.errors import DeviceError


def require_gpus(num_gpus: int | None) -> None:
    """Make sure that as many CUDA GPUs as asked for are there.

    Raises:
        DeviceError: if there are fewer.
    """
    # Without it, looking for GPUs would keep processes that are forked later from using them.
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if num_gpus is not None and num_gpus > found:
        raise DeviceError(
            f"--num_gpus {num_gpus}",
            expected=f"as many CUDA GPUs as this machine has ({found})",
            found=str(num_gpus),
            fix="leave the option out" if found == 0 else f"use --num_gpus {found}",
        )


def choose_device(num_gpus: int | None) -> torch.device:
    """Return the first CUDA GPU unless there is none or `num_gpus` is 0: then the CPU.

    Raises:
        DeviceError: if a GPU is asked for and there is none.
    """
    require_gpus(num_gpus)
    use_cuda = torch.cuda.is_available() and num_gpus != 0
    return torch.device("cuda" if use_cuda else "cpu")
