"""What Zarr, file systems and networks raise, as one line for the user."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gapjunction.errors import ImageError
from gapjunction.images.locations import address_of, shown_location

# What Zarr and its codecs raise of damaged metadata and chunks: whatever Python does there.
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError)
# Errors of the network that are none of Python's own, by the module that has them.
_OF_NETWORKS = (("aiohttp", "ClientError"), ("botocore.exceptions", "BotoCoreError"))


@contextmanager
def reading_zarr(path: Path, item: str = "") -> Iterator[None]:
    """Turn whatever reading a Zarr raises inside the block into an `ImageError`.

    Raises:
        ImageError: naming the place, the `item` in it, and what was said.
    """
    try:
        yield
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise _refused(path, item, f"nothing there ({_line(error)})", "check the path") from None
    except _network_errors() as error:
        fix = "check the path and its permissions"
        if address_of(path) is not None:
            fix = "check the address, the network and the credentials"
        raise _refused(path, item, _line(error), fix) from None
    except _DAMAGED as error:
        found = f"one that is damaged, or of an unknown kind ({_line(error)})"
        raise _refused(path, item, found, "export the image again") from None


def _refused(path: Path, item: str, found: str, fix: str) -> ImageError:
    where = shown_location(path)
    return ImageError(where, item=item, expected="a readable OME-Zarr image", found=found, fix=fix)


def _network_errors() -> tuple[type[Exception], ...]:
    """Return the errors of files, and of those libraries that are in use: others raise none."""
    found = ((sys.modules.get(module), name) for module, name in _OF_NETWORKS)
    of_libraries = (getattr(module, name) for module, name in found if module is not None)
    return (OSError, *of_libraries)


def _line(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:160]}" if lines else type(error).__name__
