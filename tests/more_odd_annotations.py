"""More annotations as programs and people write them: copied, joined, renamed, or of two kinds.

`docs/oddities.md` tells of each, in the same words.
"""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from odd_files import (
    BOX,
    HEIGHT,
    POINT,
    WIDTH,
    Content,
    Oddity,
    coco_boxes,
    coco_file,
    feature,
    label_studio,
    labelme,
    qupath,
    region,
    voc,
    voc_object,
    yolo,
)

LINE = "0 0.13 0.28125 0.06 0.0625\n"  # BOX
RING = [[10, 20], [16, 20], [16, 25], [10, 25], [10, 20]]
TWO_CORNERS = [[10.0, 20.0], [16.0, 25.0]]


def png(pixels: Any) -> bytes:
    """Return an image as a PNG file."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


BLACK = png(np.zeros((HEIGHT, WIDTH), np.uint8))
RUNS = {"counts": [10 * 100 + 20, 5, 95, 5], "size": [WIDTH, HEIGHT]}  # height stands first
MASK = np.pad(np.ones((5, 6), np.uint8) * 255, ((0, 1), (0, 1)))  # BOX, with a border
PAIR = [
    {"id": "x1", "type": "rectangle", "value": {"x": 10, "y": 25, "width": 6, "height": 6.25}},
    {
        "id": "x1",
        "type": "labels",
        "value": {"x": 10, "y": 25, "width": 6, "height": 6.25, "labels": ["plaque"]},
    },
]
DERIVED = {"name": "positive", "parentClass": {"name": "Cx43"}, "colorRGB": -377}


def task_of(**data: str) -> dict[str, Content]:
    """Return a task of Label Studio with these data and a rectangle."""
    [(name, content)] = label_studio("?", [region()]).items()
    shown = ", ".join(f'"{key}": "{value}"' for key, value in data.items())
    return {name: str(content).replace('"image": "?"', shown)}


def feature_of(classification: Any) -> dict[str, Any]:
    """Return an annotation of QuPath of this class."""
    made = feature("Polygon", [RING])
    return made | {"properties": made["properties"] | {"classification": classification}}


def corners(index: int, offset: int) -> str:
    """Return the rows of a rectangle in napari's table of shapes."""
    places = [(20, 10), (20, 16), (25, 16), (25, 10)]
    return "".join(
        f"{index},rectangle,{vertex},{y + offset},{x + offset}\n"
        for vertex, (y, x) in enumerate(places)
    )


MORE_ODDITIES = [
    Oddity(
        "two categories with one id",
        "coco",
        coco_file(categories=[{"id": 1, "name": "plaque"}, {"id": 1, "name": "lipofuscin"}]),
        None,
        "an id of its own, found 1 again",
    ),
    Oddity(
        "a mask (RLE) with height and width exchanged",
        "coco",
        coco_boxes({"segmentation": RUNS}),
        None,
        "found 100 x 80",
    ),
    Oddity(
        "numbers such as 3_4", "coco", coco_boxes({"bbox": ["1_0", 20, 6, 5]}), None, "found '1_0'"
    ),
    Oddity(
        "a score and a track behind boxes", "yolo", yolo(LINE[:-1] + " 0.9 1\n"), None, "tracks"
    ),
    Oddity(
        "key points behind boxes",
        "yolo",
        yolo(LINE[:-1] + " 0.1 0.2 1 0.3 0.4 0\n"),
        None,
        "6 further numbers",
    ),
    Oddity(
        "two lists of class names, in two orders",
        "yolo",
        yolo(LINE, "names: [plaque, other]\n") | {"classes.txt": "other\nplaque\n"},
        None,
        "expected the class names of data.yaml, in their order",
    ),
    Oddity(
        "two boxes in an object",
        "voc",
        voc(voc_object(11, 21, 16, 25).replace("</object>", "<bndbox/></object>")),
        None,
        "expected one <bndbox>",
    ),
    Oddity(
        "a copied file that names the first image still",
        "voc",
        {"b.xml": voc("")["a.xml"], "b.png": BLACK},
        None,
        "the image that the file is called after, b.png",
    ),
    Oddity(
        "a name such as a.5 without a suffix, beside a.png",
        "voc",
        {"x.xml": str(voc("")["a.xml"]).replace("a.png", "a.5")},
        None,
        "expected one image 'a.5'",
    ),
    Oddity(
        "labels apart from their rectangles (`<Labels>`)",
        "label-studio",
        label_studio("a.png", PAIR),
        [BOX],
    ),
    Oddity("a task with two images", "label-studio", task_of(a="a.png", b="b.png"), None, "b.png"),
    Oddity(
        "the name of an animal before the image", "label-studio", task_of(rat="7", i="a.png"), [BOX]
    ),
    Oddity(
        "a mask, which tells its box",
        "labelme",
        labelme("mask", TWO_CORNERS, mask=base64.b64encode(png(MASK)).decode()),
        [BOX],
    ),
    Oddity(
        "a renamed file that names another image still",
        "labelme",
        {"b.json": labelme("rectangle", TWO_CORNERS)["a.json"], "b.png": BLACK},
        None,
        "the image that the file is called after, b.png",
    ),
    Oddity(
        "classes derived of others, of any version",
        "qupath",
        qupath(
            feature_of({"names": ["Cx43", "positive"]}),
            feature_of(DERIVED) | {"geometry": {"type": "Point", "coordinates": [20, 30]}},
        ),
        [BOX, POINT],
    ),
    Oddity(
        "sizes in another unit than positions",
        "points",
        {"a.csv": "x_px,y_px,width_um,height_um\n20,30,0.6,0.6\n"},
        None,
        "expected width in the unit of x (px), found um",
    ),
    Oddity(
        "TrackMate's spots in inches",
        "points",
        {"a.csv": "POSITION_X,POSITION_Y\nX,Y\nX,Y\n(inch),(inch)\n0.2,0.3\n"},
        None,
        "found (inch)",
    ),
    Oddity(
        "shapes of two layers of napari in one table",
        "points",
        {
            "a.csv": "index,shape-type,vertex-index,axis-0,axis-1\n"
            + corners(0, offset=0)
            + corners(0, offset=40)
        },
        [BOX, [50, 60, 6, 5]],
    ),
]
