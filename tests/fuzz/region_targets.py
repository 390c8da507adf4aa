"""Readers of regions and cells: outlines of ImageJ and QuPath, and label images."""

import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import roifile
import tifffile
from PIL import Image

from fuzz import foreign_documents as foreign
from fuzz.target import Target, reading
from gapjunction.detections import Detections
from gapjunction.measurement.coupling import Coupling
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.measurement.region_files import read_drawn, read_labels_of, regions_in
from gapjunction.prediction_folder import ImageRow

HEIGHT, WIDTH = 30, 40
Write = Callable[[Path], object]


def region_targets() -> Iterator[Target]:
    """Yield a target for each kind of file."""
    for name, write in _REGIONS.items():
        yield Target(f"regions {name}", partial(_fill, name, write), reading(_read_regions))
    for name, write in _LABELS.items():
        yield Target(f"cells {name}", partial(_fill, name, write), reading(_read_cells))


def _fill(name: str, write: Write, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / name)


def _read_regions(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        for region in regions_in(read_drawn([path]), HEIGHT, WIDTH, ("exclude",)):
            str((region.name, region.num_px))


def _read_cells(folder: Path) -> None:
    image = CountedImage(ImageRow("", "", "a"), (HEIGHT, WIDTH), 0.1, Detections.none(), ("g",))
    for path in sorted(folder.iterdir()):
        coupling = Coupling.of(image, read_labels_of(path, HEIGHT, WIDTH), 0.1, 0.3)
        str([*coupling.cell_rows(), *coupling.pair_rows()])


def _write_rois(path: Path) -> None:
    """Write a polygon, an oval, a rectangle and a selection of two parts."""
    corners = np.array([[1.5, 2], [25, 2.5], [14, 29]])
    rois = [roifile.ImagejRoi.frompoints(corners, name="cortex")]
    for kind in (roifile.ROI_TYPE.OVAL, roifile.ROI_TYPE.RECT):
        roi = roifile.ImagejRoi()
        roi.roitype = kind
        roi.left, roi.top, roi.right, roi.bottom = 1, 2, 15, 17
        rois.append(roi)
    rois[-1].multi_coordinates = np.array(
        [part for low in (0, 8) for part in (0, low, low, 1, low, 20, 1, 20, low, 4)], np.float32
    )
    rois[-1].shape_roi_size = len(rois[-1].multi_coordinates)
    with zipfile.ZipFile(path, "w") as archive:
        for number, roi in enumerate(rois):
            archive.writestr(f"{number:04d}.roi", roi.tobytes())


def _write_qupath(path: Path) -> None:
    path.write_text(json.dumps(foreign.QUPATH), encoding="utf-8")


def _labels() -> "np.ndarray[tuple[int, int], np.dtype[np.uint16]]":
    labels = np.zeros((HEIGHT, WIDTH), np.uint16)
    labels[:, :15], labels[4:20, 18:] = 1, 300
    return labels


def _write_png(path: Path) -> None:
    Image.fromarray(_labels()).save(path)


def _write_tiff(path: Path) -> None:
    tifffile.imwrite(path, _labels().astype(np.int32), compression="zlib")


_REGIONS: dict[str, Write] = {
    "set.zip": _write_rois,
    "objects.geojson": _write_qupath,
    "mask.png": _write_png,
}
_LABELS: dict[str, Write] = {"labels.png": _write_png, "labels.tif": _write_tiff}
