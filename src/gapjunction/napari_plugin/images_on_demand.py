"""Images of one size as one array, of which each is read when it is looked at."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_KEPT = 8  # images in memory

ReadImage = Callable[[], NDArray[Any]]


class ImagesOnDemand:
    """Images (N, H, W) or (N, H, W, 3), as napari asks for them: by index, one after another."""

    def __init__(self, readers: Sequence[ReadImage], first: NDArray[Any]) -> None:
        """Take what reads each image; all are shown with shape and type of the first."""
        self._like = first
        self.shape: tuple[int, ...] = (len(readers), *first.shape)
        self.dtype, self.ndim = first.dtype, first.ndim + 1
        self.size = int(np.prod(self.shape))

        @lru_cache(maxsize=MOST_KEPT)
        def read(place: int) -> NDArray[Any]:
            return as_alike(readers[place](), self._like)

        self._read = read

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[Any]:
        first, *rest = key if isinstance(key, tuple) else (key,)
        if isinstance(first, slice):
            places = range(*first.indices(len(self)))
            chosen = [self._read(place) for place in places]
            images = np.stack(chosen) if chosen else np.empty((0, *self.shape[1:]), self.dtype)
            return images[(slice(None), *rest)]
        return np.asarray(self._read(range(len(self))[int(first)])[tuple(rest)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("images that are read on demand become an array only as a copy")
        return np.asarray(self[:], dtype)


def as_alike(image: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    """Return an image (H, W) or (H, W, 3) as grey or as color, as another one is.

    A color image among grey ones is shown by the brightest of its channels.

    Raises:
        ValueError: if it has another size.
    """
    if image.ndim < like.ndim:
        image = np.repeat(image[..., None], like.shape[-1], axis=-1)
    elif image.ndim > like.ndim:
        image = image.max(axis=-1)
    if image.shape != like.shape:
        raise ValueError(f"expected an image of shape {like.shape}, got {image.shape}")
    return image.astype(like.dtype, copy=False)
