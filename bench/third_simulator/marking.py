"""What a person would box on a slice, from its light without noise; the doubtful is told as such.

1. An object is a peak of the plaques' light as shown, from 0 to 255, with what is uphill to it.
   Two peaks are two objects if the dip between them is `CLEAR_DIP` of the lower one and
   `CLEAR_DIP_NOISE` times the noise there; whether a shallower dip shows is doubtful.
2. An object is clear if it is `CLEAR_GREY` grey values high, `CLEAR_PEAK` times the noise, and as a
   whole `CLEAR_WHOLE` times the noise: its light in pixels of half its height, over the noise of
   all these together (Rose, Journal of the Optical Society of America 38, 1948). It is invisible
   if it misses by far. Noise is that of the detector and the grain of what lies behind. All between
   is doubtful, and so is what lies on something else as bright, is cut to a sliver by the border,
   or has a box half inside another.
3. A box holds the pixels of a clear object that are at least `BOX_LEVEL` of its height; none of its
   sides is under 3 px.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bench.third_simulator.basins import Passes, find_passes
from bench.third_simulator.detector import Detector
from bench.third_simulator.microscope import Floats

CLEAR_DIP, DOUBTFUL_DIP = 0.25, 0.1
CLEAR_DIP_NOISE, DOUBTFUL_DIP_NOISE = 2.0, 1.0
CLEAR_GREY, UNSEEN_GREY = 32.0, 8.0
CLEAR_PEAK, UNSEEN_PEAK = 5.0, 0.8
CLEAR_WHOLE, UNSEEN_WHOLE = 16.0, 2.5
OTHER_SHARE = 0.35  # of an object's height, that light of other things around may have
BOX_LEVEL = 0.35
MIN_SIDE_PX = 3
SWALLOWED = 0.5  # of a box, inside another
NEAR_PX = 4
GRAIN_PX, AROUND_PX = 6.0, 15.0  # what is wider than the first is no grain
LIT = 0.25  # of the noise; less light is of no object


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What there is on a slice.

    Attributes:
        boxes: of clear objects (N, 4), xyxy pixels, top to bottom.
        objects: number of the object that each pixel belongs to (H, W), -1 for none.
        doubtful: numbers of the objects that people would argue about.
    """

    boxes: NDArray[np.int64]
    objects: NDArray[np.int64]
    doubtful: NDArray[np.int64]


def mark(plaques: Floats, backdrop: Floats, detector: Detector) -> Marks:
    """Return the marks of plaques' light (H, W) before a backdrop (H, W), both in photons."""
    behind = detector.grey(backdrop)
    shown = detector.grey(plaques + backdrop) - behind
    noise = np.hypot(detector.noise_grey(backdrop), _grain(behind))
    passes = find_passes(shown, LIT * noise)
    noise_there = np.hypot(noise, detector.noise_grey(plaques + backdrop))
    apart = _joined(passes, noise_there, CLEAR_DIP, CLEAR_DIP_NOISE)
    finer = _joined(passes, noise_there, DOUBTFUL_DIP, DOUBTFUL_DIP_NOISE)
    objects = np.where(passes.basins >= 0, finer[passes.basins], -1)
    contested = finer[(finer != apart) & (finer == np.arange(len(finer)))]
    others = ndimage.maximum_filter(_relief(behind), size=2 * NEAR_PX + 1)
    boxes, numbers, doubtful = [], [], list(contested)
    pieces = ndimage.find_objects(objects + 1, max_label=len(finer))
    for number in np.unique(finer).tolist():
        window = pieces[number]
        own = np.where(objects[window] == number, shown[window], 0)
        verdict = _verdict(own, noise[window], others[window])
        box = _box(own, window)
        if verdict == "clear" and _is_sliver(box, shown.shape):
            verdict = "doubtful"
        if verdict == "doubtful":
            doubtful.append(number)
        elif verdict == "clear" and number not in contested:
            boxes.append(_at_least(box, shown.shape))
            numbers.append(number)
    array = np.array(boxes, np.int64).reshape(-1, 4)
    is_swallowed = _are_swallowed(array)
    doubtful += np.array(numbers, np.int64)[is_swallowed].tolist()
    clear = array[~is_swallowed]
    order = np.lexsort((clear[:, 0], clear[:, 1]))
    return Marks(clear[order], objects, np.unique(np.array(doubtful, np.int64)))


def _joined(passes: Passes, noise: Floats, share: float, times: float) -> NDArray[np.int64]:
    least = np.maximum(share * passes.peaks, times * noise.ravel()[passes.tops])
    return passes.joined(least)


def _verdict(own: Floats, noise: Floats, others: Floats) -> str:
    """Return whether an object, 0 outside of it, is "clear", "unseen" or "doubtful"."""
    height = float(own.max())
    top = np.unravel_index(int(np.argmax(own)), own.shape)
    half = own >= height / 2
    peak = height / float(noise[top])
    whole = float(own[half].sum() / np.sqrt((noise[half] ** 2).sum()))
    if height < UNSEEN_GREY or peak < UNSEEN_PEAK or whole < UNSEEN_WHOLE:
        return "unseen"
    is_clear = height >= CLEAR_GREY and peak >= CLEAR_PEAK and whole >= CLEAR_WHOLE
    return "clear" if is_clear and others[half].max() <= OTHER_SHARE * height else "doubtful"


def _grain(grey: Floats) -> Floats:
    """Return the standard deviation of the small structure around each pixel."""
    fine = grey - ndimage.gaussian_filter(grey, GRAIN_PX)
    spread: Floats = np.sqrt(ndimage.gaussian_filter(fine**2, AROUND_PX))
    return spread


def _relief(grey: Floats) -> Floats:
    """Return by how much each pixel is brighter than what lies around it."""
    relief: Floats = grey - ndimage.gaussian_filter(grey, AROUND_PX)
    return relief


def _box(own: Floats, window: tuple[slice, slice]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(own >= BOX_LEVEL * own.max())
    y, x = window[0].start, window[1].start
    return (
        x + int(columns.min()),
        y + int(rows.min()),
        x + int(columns.max()) + 1,
        y + int(rows.max()) + 1,
    )


def _is_sliver(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> bool:
    """Tell whether a box at the border is so narrow that its object may be mostly outside."""
    x0, y0, x1, y1 = box
    is_narrow_x = x1 - x0 < MIN_SIDE_PX and (x0 == 0 or x1 == shape[1])
    return is_narrow_x or (y1 - y0 < MIN_SIDE_PX and (y0 == 0 or y1 == shape[0]))


def _are_swallowed(boxes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which boxes (N, 4) lie half inside a larger one, or one as large that comes before."""
    sides = boxes[:, 2:] - boxes[:, :2]
    areas = sides.prod(axis=1)
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.maximum(high - low, 0).prod(axis=2)
    place = np.arange(len(boxes))
    is_smaller = (areas[:, None] < areas) | ((areas[:, None] == areas) & (place[:, None] > place))
    swallowed: NDArray[np.bool_] = (is_smaller & (common > SWALLOWED * areas[:, None])).any(axis=1)
    return swallowed


def _at_least(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return a box whose sides are 3 px at least, inside the image."""
    x0, x1 = _widened(box[0], box[2], shape[1])
    y0, y1 = _widened(box[1], box[3], shape[0])
    return x0, y0, x1, y1


def _widened(low: int, high: int, length: int) -> tuple[int, int]:
    missing = max(MIN_SIDE_PX - (high - low), 0)
    low = max(min(low - missing // 2, length - MIN_SIDE_PX), 0)
    return low, max(high + missing - missing // 2, low + MIN_SIDE_PX)
