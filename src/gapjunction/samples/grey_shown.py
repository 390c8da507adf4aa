"""How a network is shown grey: in all three channels of a tile, or in the first alone."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

NUM_CHANNELS = 3  # of every tile
GreyShown = Literal["in_all_channels", "in_first_channel"]


def show_grey(grey: NDArray[np.float32], shown: GreyShown) -> NDArray[np.float32]:
    """Return one channel (1, H, W) as the three of a tile (3, H, W); 0 is in those without it."""
    repeated: NDArray[np.float32] = np.repeat(grey, NUM_CHANNELS, axis=0)
    repeated[num_grey_channels(shown) :] = 0
    return repeated


def num_grey_channels(shown: GreyShown) -> int:
    """Return in how many channels of a tile grey is."""
    return NUM_CHANNELS if shown == "in_all_channels" else 1
