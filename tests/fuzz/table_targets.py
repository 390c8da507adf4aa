"""Readers of the tables and JSON files that this package writes or asks for."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from builders import write_json_file
from foreign_files import save_text
from fuzz.target import Target, reading
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.chosen_images import ChosenImages
from gapjunction.benchmark.paired_counts import read_counts
from gapjunction.benchmark.predicted_stacks import PREDICTED_STACKS
from gapjunction.config import read_config
from gapjunction.dataset.creation.asset_table import read_asset_table
from gapjunction.dataset.splits import read_assignment
from gapjunction.dataset.true_plaques import read_true_plaques
from gapjunction.detections_csv import is_box_table, read_box_table
from gapjunction.detections_json import read_count_file, read_detection_file
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction_folder import (
    PREDICTED_PLAQUES,
    STACKS_NAME,
    read_image_rows,
    read_manifest_file,
    read_stack_names,
)
from gapjunction.training.config import TrainingConfig

Read = Callable[[Path], object]

_BOX = {
    "label_name": "gap_junction",
    "bbox_x": 1.0,
    "bbox_y": 2.0,
    "bbox_width": 4.0,
    "bbox_height": 5.0,
    "image_name": "a.png",
    "image_width": 40,
    "image_height": 30,
    "score": 0.75,
}
_MANIFEST: dict[str, Any] = {
    "model": "medium_quality",
    "model_version": "01234567",
    "seen_assets": [["rats", "asset_0"]],
    "class_names": ["gap_junction"],
    "tiling": {"tile_size": 512, "overlap": 64},
    "calibration": {"scale": 1.0},
    "threshold": 0.5,
    "threshold_fitted": 0.5,
    "threshold_fitted_to_images": 3,
    "lowest_score": 0.1,
    "plaque_threshold": 0.4,
    "settings": {"channel": ["1"]},
    "pixel_sizes": {"believed_um": [0.1], "doubted_um": {"1.0": "a placeholder"}},
    "found_channels": {"rats": {"channel": 1, "name": "Cx43", "stain": [1.0, 0.5]}},
    "shared_spans": {"rats": 3.0},
}
_SPLITS: dict[str, Any] = {
    "seed": 0,
    "val_fraction": 0.15,
    "test_fraction": 0.15,
    "assets": {
        "train": [{"dataset": "rats", "asset": "a"}],
        "val": [{"dataset": "rats", "asset": "b"}],
        "test": [],
    },
}
_ASSET_ROWS = (
    "asset,file,species,age,weight,sex,localization,diagnosis,dose\n"
    "rat 1,a.tif,rat,18,0.15,Male,cortex,healthy,3\nrat 2,b.tif,rat,18.5,0.2,Female,cortex,,4\n"
)
_TRAINING_YAML = "max_epochs: 20\nbatch_size: 2\nlearning_rate: 0.001\ntile_size: 256\nseed: 3\n"


def table_targets() -> list[Target]:
    """Return a target for each kind of table and file of settings."""
    return [
        Target(name, partial(_fill, name, content), reading(partial(_read, read, name)))
        for name, content, read in _files()
    ]


def _files() -> Iterator[tuple[str, Any, Read]]:
    """Yield the name of a file, what is in it, and how it is read."""
    yield "a_bbox.json", {"a": [_BOX, _BOX | {"score": None}]}, _read_detections
    yield "a_bbox.csv", _table({**_without_score(), "confidence": 0.75}), _read_box_table
    yield "a_bbox_metrics.json", {"gap_junction": 3, "nucleus": 0}, read_count_file
    yield "a.json", {"gap_junction": 3}, lambda path: read_counts(path, 0.5)
    yield "counts.csv", _COUNTS, read_image_rows
    yield "stacks.csv", _STACKS, _read_stacks
    yield "plaque_boxes.csv", _plaque_rows(), PREDICTED_PLAQUES.read
    yield "true_plaques.csv", _TRUE_PLAQUES, read_true_plaques
    yield "manifest.json", _MANIFEST, read_manifest_file
    yield "splits.json", _SPLITS, read_assignment
    yield "assets.csv", _ASSET_ROWS, read_asset_table
    yield "assets.xlsx", _write_spreadsheet, read_asset_table
    yield "training.yaml", _TRAINING_YAML, partial(read_config, TrainingConfig)
    yield "config.json", _detector_config(), partial(read_config, DetectorConfig)
    yield "images.txt", "a\nb\n\n", ChosenImages.named_in


_COUNTS = (
    "dataset,asset,image,class,count,low,high,unlikeness\n"
    "rats,asset_0,a,gap_junction,3,2,4,0.5\nrats,asset_0,b,gap_junction,0,0,1,\n"
)
_STACKS = (
    "dataset,asset,class,plaques,low,high,boxes,slices,z_step_um,per_mm2,per_mm3\n"
    "rats,asset_0,gap_junction,3,2,4,7,3,0.5,12.5,\n"
)
_TRUE_PLAQUES = (
    "plaque,class,slice,x0,y0,x1,y1,x_um,y_um,z_um\n0,gap_junction,4,1,2,5,6,0.3,0.4,2.1\n"
)


def _fill(name: str, content: Any, folder: Path) -> None:
    if callable(content):
        content(folder / name)
    elif isinstance(content, str):
        save_text(folder / name, content)
    else:
        write_json_file(folder / name, content)


def _read(read: Read, name: str, folder: Path) -> None:
    read(folder / name)


def _read_detections(path: Path) -> None:
    file = read_detection_file(path)
    str((file.boxes.tolist(), file.scores.tolist(), file.label_names))


def _read_box_table(path: Path) -> None:
    is_box_table(path)
    file = read_box_table(path)
    str((file.boxes.tolist(), file.scores.tolist()))


def _read_stacks(path: Path) -> None:
    read_stack_names(path)
    PREDICTED_STACKS.read(path.with_name(STACKS_NAME).parent, [AssetName("rats", "asset_0")])


def _write_spreadsheet(path: Path) -> None:
    rows = [["rat 1", "rat", 18, 0.15, "Male"], ["7", None, None, None, None]]
    frame = pd.DataFrame(rows, columns=["asset", "species", "age", "weight", "sex"])
    frame.to_excel(path, index=False)


def _without_score() -> dict[str, Any]:
    return {key: value for key, value in _BOX.items() if key != "score"}


def _table(row: dict[str, Any]) -> str:
    return f"{','.join(row)}\n{','.join(map(str, row.values()))}\n"


def _plaque_rows() -> str:
    columns = ",".join(PREDICTED_PLAQUES.columns)
    return f"{columns}\nrats,asset_0,0,gap_junction,4,1,2,5,6,0.5\n"


def _detector_config() -> Any:
    config = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
    return json.loads(config.model_dump_json())
