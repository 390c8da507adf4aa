"""Readers of annotations: each format as this package writes it, and as other tools do."""

import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import roifile
import tifffile

from builders import build_dataset, edit_json
from foreign_files import save_image, save_text
from fuzz import foreign_documents as foreign
from fuzz.target import Target, command, reading
from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import inspect_dataset, read_dataset
from gapjunction.dataset.records import Dataset
from gapjunction.files import write_json

NAME = "rats"
Fill = Callable[[Path], object]


def small_dataset(folder: Path) -> Path:
    """Write a dataset of two assets, one image each, with all kinds of metadata."""
    root = build_dataset(
        folder / NAME, num_assets=2, images_per_asset=1, height=32, width=48, boxes_per_image=2
    )
    for asset in sorted((root / "Assets").iterdir()):
        edit_json(asset / "asset_metadata.json", weight=0.25, localization="cortex", z_step=300)
    return root


def annotation_targets() -> list[Target]:
    """Return a target for each way in which annotations come."""
    return [*_own_formats(), *_foreign_formats(), *_dataset_targets()]


def _dataset_targets() -> Iterator[Target]:
    yield Target("dataset", small_dataset, _inspected, share=3)
    yield Target("zipped dataset", _zipped, reading(_read_zip))
    yield Target("label file in YAML", _with_yaml_labels, _inspected, "**/label_properties.yaml")


def _own_formats() -> Iterator[Target]:
    for name in FORMATS:
        if name != "platform":
            yield Target(name, partial(_written, name), reading(partial(_read, name)))


def _foreign_formats() -> Iterator[Target]:
    for title, (name, files) in _FOREIGN.items():
        fill = partial(_beside_image, files)
        yield Target(title, fill, reading(partial(_read, name)))
        yield Target(
            f"convert {title}",
            fill,
            command("convert", f"{{i}}/{NAME}", "{o}", "--from", name, "--point_size_px", "4"),
            share=0.1,
        )


def _written(name: FormatName, folder: Path) -> None:
    """Write a dataset in a format, with its images beside the annotations where they can lie."""
    dataset = read_dataset(small_dataset(folder.with_name("source")))
    (folder / NAME).mkdir()
    FORMATS[name][1](dataset, folder / NAME)


def _read(name: FormatName, folder: Path) -> None:
    result = FORMATS[name][0](Source(folder / NAME, point_size_px=4.0))
    for dataset in result.datasets:
        _use(dataset)


def _use(dataset: Dataset) -> None:
    """Look at everything that was read, some of which is made when it is asked for."""
    for image in dataset.images():
        str((image.boxes.tolist(), image.labels.tolist(), image.predictions))


def _beside_image(files: dict[str, Any], folder: Path) -> None:
    save_image(folder / NAME / "a.png")
    for name, content in files.items():
        path = folder / NAME / name
        if callable(content):
            path.parent.mkdir(parents=True, exist_ok=True)
            content(path)
        elif isinstance(content, str):
            save_text(path, content)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(path, content)


def _write_rois(path: Path) -> None:
    """Write a set of ImageJ's ROIs: rectangle, oval, polygon, points and a part of a selection."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, roi in enumerate(_rois()):
            archive.writestr(f"{number:04d}.roi", roi.tobytes())


def _rois() -> Iterator[roifile.ImagejRoi]:
    points = np.array([[1.5, 2], [5, 2.5], [4, 9]])
    yield roifile.ImagejRoi.frompoints(points, name="g")
    several = roifile.ImagejRoi.frompoints(points)
    several.roitype = roifile.ROI_TYPE.POINT
    yield several
    for kind in (roifile.ROI_TYPE.RECT, roifile.ROI_TYPE.OVAL):
        roi = roifile.ImagejRoi()
        roi.roitype = kind
        roi.left, roi.top, roi.right, roi.bottom = 1, 2, 5, 7
        yield roi


def _write_one_roi(path: Path) -> None:
    path.write_bytes(next(_rois()).tobytes())


def _write_overlay(path: Path) -> None:
    """Write a TIFF with ROIs in it, as ImageJ saves an overlay."""
    rois = [roi.tobytes() for roi in _rois()]
    tifffile.imwrite(
        path, np.zeros((30, 40), np.uint8), imagej=True, metadata={"Overlays": rois, "ROI": rois[0]}
    )


def _zipped(folder: Path) -> None:
    root = small_dataset(folder.with_name("source"))
    with zipfile.ZipFile(folder / f"{NAME}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*.*")):
            archive.write(path, path.relative_to(root))


def _read_zip(folder: Path) -> None:
    [dataset] = FORMATS["platform"][0](Source(folder / f"{NAME}.zip")).datasets
    _use(dataset)


def _with_yaml_labels(folder: Path) -> None:
    labels = small_dataset(folder) / "Label_Properties" / "label_properties.json"
    save_text(labels.with_suffix(".yaml"), "gap_junction: '#4EF8FF'\nnucleus: '#FF00AA'\n")
    labels.unlink()


def _inspected(folder: Path, _: Path) -> list[str]:
    dataset, problems = inspect_dataset(folder / NAME)
    if dataset is not None:
        _use(dataset)
    json.dumps([str(problem) for problem in problems])
    return [str(problem) for problem in problems if problem.severity == "error"]


_FOREIGN: dict[str, tuple[FormatName, dict[str, Any]]] = {
    "coco outlines": ("coco", {"instances.json": foreign.COCO}),
    "coco results": ("coco", {"instances.json": foreign.COCO_RESULTS}),
    "labelme shapes": ("labelme", {"a.json": foreign.LABELME}),
    "label studio shapes": ("label-studio", {"tasks.json": foreign.LABEL_STUDIO}),
    "label studio predictions": (
        "label-studio",
        {"tasks.json": foreign.LABEL_STUDIO_PREDICTIONS},
    ),
    "label studio JSON-MIN": ("label-studio", {"tasks.json": foreign.LABEL_STUDIO_MIN}),
    "qupath objects": ("qupath", {"a.geojson": foreign.QUPATH}),
    "voc turned": ("voc", {"a.xml": foreign.VOC}),
    "cvat shapes": ("cvat", {"annotations.xml": foreign.CVAT}),
    "yolo data.yaml": ("yolo", {"data.yaml": foreign.YOLO_YAML, "a.txt": foreign.YOLO_ROWS}),
    "yolo 1.1": (
        "yolo",
        {"obj.data": foreign.YOLO_OBJ, "obj.names": "g\nh\n", "a.txt": foreign.YOLO_ROWS},
    ),
    "makesense rows": ("makesense", {"labels.csv": foreign.MAKESENSE}),
    "imagej set": ("imagej", {"a_RoiSet.zip": _write_rois}),
    "imagej roi": ("imagej", {"a.roi": _write_one_roi}),
    "imagej overlay": ("imagej", {"b.tif": _write_overlay}),
    "points of napari": ("points", {"a.csv": foreign.POINTS_NAPARI}),
    "shapes of napari": ("points", {"a.csv": foreign.POINTS_NAPARI_SHAPES}),
    "points of ImageJ": ("points", {"a.csv": foreign.POINTS_IMAGEJ}),
    "points with decimal commas": ("points", {"a.csv": foreign.POINTS_EUROPEAN}),
    "points of TrackMate": ("points", {"a.csv": foreign.POINTS_TRACKMATE}),
    "points in one table": ("points", {"all.csv": foreign.POINTS_ONE_TABLE}),
}
