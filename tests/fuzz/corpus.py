"""Inputs that once ended badly, each in the place of a good input of a target.

What a line can make is made here; other files lie in `corpus/`, as `make fuzz` keeps them:
`<what was wrong>/<target>/<file>`.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from fuzz.file_edits import png_chunk
from gapjunction.images.png_data import SIGNATURE

FOLDER = Path(__file__).parent / "corpus"

_LABELS = "rats/Label_Properties/label_properties"
_YAML = "label file in YAML"
_DEEP = "[" * 100_000


@dataclass(frozen=True, slots=True)
class BadInput:
    """What to write in the place of a file of a target's inputs."""

    what: str
    target: str
    file: str
    content: bytes


def corpus() -> list[BadInput]:
    """Return all inputs that ever ended badly."""
    return [*_made(), *_stored()]


def _stored() -> Iterator[BadInput]:
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        what, target, *file = path.relative_to(FOLDER).parts
        yield BadInput(what, target, "/".join(file), path.read_bytes())


def _made() -> Iterator[BadInput]:
    for what, text in _YAML_LABELS.items():
        yield BadInput(what, _YAML, f"{_LABELS}.yaml", text.encode())
    yield BadInput("lone surrogate", "dataset", f"{_LABELS}.json", _json({"\ud800": "#4EF8FF"}))
    surrogate = _json({"species": "rat \udfff"})
    yield BadInput("lone surrogate", "report", "rats/Assets/asset_0/asset_metadata.json", surrogate)
    yield BadInput("date", "yolo data.yaml", "rats/data.yaml", b"names: [2024-13-45]\n")
    for target, file in _DEEP_JSON.items():
        yield BadInput("deep nesting", target, file, _DEEP.encode())
    for number in ("1" * 5000, "1e400", "-1e400", "NaN"):
        counts = f'{{"gap_junction": {number}}}'.encode()
        file = "a_bbox_metrics.json"
        yield BadInput(f"number {number[:6]}", file, file, counts)
    yield BadInput("list without end", "dataset", f"{_LABELS}.json", _json({"a": ["x"] * 9000}))
    yield BadInput(
        "column without end", "counts.csv", "counts.csv", b"dataset,asset" + b"- " * 4000
    )
    slices = b"dataset,asset,plaque,class,slice,x0,y0,x1,y1,score\nr,a,0,g,9%s,1,2,5,6,1\n"
    yield BadInput("slice 1e20", "plaque_boxes.csv", "plaque_boxes.csv", slices % (b"9" * 20))
    scale = {"barcode": "60x", "unit": "nm", "value_per_pixel": 1e308}
    static = _json({"scaling_value": "60x", "scales": [scale]})
    yield BadInput("pixels of 1e308", "report", "rats/Metadata_Static/metadata_static.json", static)
    widths = {"architecture": "centernet", "widths": [4, -(10**30), 4, 4]}
    network = _json({"class_names": ["a"], "class_colors": ["#4EF8FF"], "network": widths})
    yield BadInput("width -1e30", "run folder", "run/config.json", network)
    yield BadInput("width 0", "picture grey.tif", "grey.tif", _tiff(width=0, height=30))
    yield BadInput("height 2**31", "picture grey.tif", "grey.tif", _tiff(width=9, height=2**31))
    yield BadInput("rows that are not there", "picture a.png", "a.png", _png(40, 2_000_000))
    yield BadInput("rows that are not there", "mask", "a_mask.png", _png(40, 8_000_000))
    yield BadInput("rows that are not there", "regions mask.png", "mask.png", _png(40, 4_194_331))
    yield BadInput("image without rows", "create", "subject g/grey.tif", _tiff(width=40, height=0))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _tiff(width: int, height: int) -> bytes:
    """Return a grey TIFF of 8 bits with 100 bytes of pixels, whatever its header says."""
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 100}
    pixels, entries = bytes(100), [struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in tags]
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory


def _png(width: int, height: int) -> bytes:
    """Return a PNG in color with data of 30 rows, whatever its header says."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(30 * (1 + 3 * width)))),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(png_chunk(kind, content) for kind, content in parts)


_YAML_LABELS = {
    "aliases that grow": "\n".join(
        ["a: &a [x,x,x,x,x,x,x,x,x]"]
        + [f"{b}: &{b} [{','.join(9 * [f'*{a}'])}]" for a, b in pairwise("abcdefghi")]
    ),
    "no integer": "gap_junction: !!int ''\n",
    "no boolean": "gap_junction: !!bool x\n",
    "no time": "gap_junction: !!timestamp x\n",
    "no date": "gap_junction: 2024-99-99\n",
    "deep nesting": "a: " + "[" * 5000,
}
_DEEP_JSON = {
    "splits.json": "splits.json",
    "manifest.json": "manifest.json",
    "config.json": "config.json",
    "coco outlines": "rats/instances.json",
    "label studio shapes": "rats/tasks.json",
    "a_bbox.json": "a_bbox.json",
    "qupath objects": "rats/a.geojson",
}
