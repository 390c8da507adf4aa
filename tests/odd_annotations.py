"""Annotations as programs and people write them, beside the rules of their formats.

`docs/oddities.md` tells of each, in the same words.
"""

from odd_files import (
    BOX,
    HEIGHT,
    POINT,
    WIDTH,
    Oddity,
    coco_boxes,
    coco_file,
    cvat,
    feature,
    label_studio,
    labelme,
    qupath,
    region,
    roi,
    voc,
    voc_object,
    yolo,
    zipped,
)

CORNERS = [[60, 50, 66, 55], [70, 50, 77, 58], [20, 60, 26, 66]]  # x0, y0, x1, y1
LINE = "0 0.13 0.28125 0.06 0.0625\n"  # BOX
RING = [[10, 20], [16, 20], [16, 25], [10, 25], [10, 20]]
HOLE = [[12, 22], [13, 22], [13, 23], [12, 22]]
TWICE, LINES = "there twice", "lines, texts and other shapes"

ODDITIES = [
    Oddity(
        "ids of categories as text", "coco", coco_file(categories=[{"id": "1", "name": "p"}]), [BOX]
    ),
    Oddity("numbers of a box as text", "coco", coco_boxes({"bbox": ["10", "20", "6", "5"]}), [BOX]),
    Oddity(
        "NaN in a box", "coco", coco_boxes({"bbox": [float("nan"), 1, 2, 3]}), None, "found nan"
    ),
    Oddity(
        "the path of another computer", "coco", coco_file({"file_name": "C:\\data\\a.png"}), [BOX]
    ),
    Oddity(
        "width and height exchanged",
        "coco",
        coco_file({"width": HEIGHT, "height": WIDTH}),
        None,
        "found 80 x 100 px",
    ),
    Oddity(
        "two corners for a box",
        "coco",
        coco_boxes(*({"bbox": each} for each in CORNERS)),
        None,
        "as corners none does",
    ),
    Oddity(
        "a score in per cent",
        "coco",
        coco_boxes({"bbox": BOX, "score": 87.0}),
        None,
        "expected a score of 0 to 1",
    ),
    Oddity(
        "the list of results alone",
        "coco",
        {"r.json": '[{"image_id": 1, "bbox": [1, 2, 3, 4]}]'},
        None,
        "expected a COCO file",
    ),
    Oddity(
        "lines that end as on Windows, blanks behind them",
        "yolo",
        yolo(LINE.replace("\n", "  \r\n\r\n")),
        [BOX],
    ),
    Oddity("a byte order mark", "yolo", yolo(b"\xef\xbb\xbf" + LINE.encode()), [BOX]),
    Oddity("decimal commas", "yolo", yolo(LINE.replace("0.", "0,")), None, "found '0,13'"),
    Oddity(
        "the name of a class for its number",
        "yolo",
        yolo(LINE.replace("0 ", "plaque ", 1)),
        None,
        "found 'plaque'",
    ),
    Oddity(
        "pixels for shares", "yolo", yolo("0 13 22.5 6 5\n"), None, "expected a box inside a.png"
    ),
    Oddity(
        "a number of a class without a name",
        "yolo",
        yolo(LINE, "names: {0: plaque, 2: other}\n"),
        None,
        "a mapping from 0, 1, 2",
    ),
    Oddity(
        "a label file of no image",
        "yolo",
        yolo(LINE) | {"labels/b.txt": LINE},
        [BOX],
        "images that are not there",
    ),
    Oddity(
        "no size of the image, or 0 x 0",
        "voc",
        voc(voc_object(11, 21, 16, 25), "<size><width>0</width><height>0</height></size>"),
        [BOX],
    ),
    Oddity(
        "corners in the wrong order",
        "voc",
        voc(voc_object(16, 25, 11, 21)),
        None,
        "found (15, 24) to (11, 21)",
    ),
    Oddity(
        "an object without a box",
        "voc",
        voc("<object><name>p</name><polygon/></object>"),
        None,
        "expected <bndbox>",
    ),
    Oddity(
        "difficult objects",
        "voc",
        voc(voc_object(11, 21, 16, 25, "<difficult>1</difficult>")),
        [BOX],
        "marked as difficult",
    ),
    Oddity(
        "a box turned by 90 degrees",
        "cvat",
        cvat('<box label="p" xtl="8" ytl="19.5" xbr="13" ybr="25.5" rotation="90"/>'),
        [[7.5, 20, 6, 5]],
    ),
    Oddity(
        "skeletons, cuboids and tags",
        "cvat",
        cvat('<skeleton label="p"/><cuboid label="p"/><tag label="p"/>'),
        [],
        f"{LINES} without an area or an outline, left out: 3",
    ),
    Oddity(
        "the image by its address on a server",
        "label-studio",
        label_studio("https://server/a.png?token=1", [region()]),
        [BOX],
    ),
    Oddity(
        "a task that two people annotated",
        "label-studio",
        label_studio("a.png", [region()], [region(x=50)]),
        [BOX],
        "annotated more than once",
    ),
    Oddity(
        "a region without a label",
        "label-studio",
        label_studio("a.png", [region(rectanglelabels=[])]),
        None,
        "expected a label as text",
    ),
    Oddity(
        "a rectangle drawn from below", "labelme", labelme("rectangle", [[16, 25], [10, 20]]), [BOX]
    ),
    Oddity(
        "a circle by its center and rim",
        "labelme",
        labelme("circle", [[20, 30], [20, 35]]),
        [[15, 25, 10, 10]],
    ),
    Oddity(
        "a size of null",
        "labelme",
        labelme("rectangle", [[10, 20], [16, 25]], imageHeight=None, imageWidth=None),
        [BOX],
    ),
    Oddity(
        "one selection twice",
        "imagej",
        zipped(roi(10, 20, 16, 25), roi(10, 20, 16, 25)),
        [BOX, BOX],
        TWICE,
    ),
    Oddity(
        "a selection outside of the image",
        "imagej",
        zipped(roi(200, 20, 210, 30)),
        None,
        "expected a box inside a.png",
    ),
    Oddity(
        "a zip without a selection, but with others",
        "imagej",
        zipped(b"", suffix=".txt"),
        None,
        "expected selections",
    ),
    Oddity(
        "one feature, or a list, for a collection",
        "qupath",
        qupath(feature("Polygon", [RING])),
        [BOX],
    ),
    Oddity("a hole in an outline", "qupath", qupath(feature("Polygon", [RING, HOLE])), [BOX]),
    Oddity(
        "lines beside points",
        "qupath",
        qupath(feature("LineString", RING[:2]), feature("Point", [20, 30])),
        [POINT],
        LINES,
    ),
    Oddity(
        "no names of columns",
        "points",
        {"a.csv": "20.5,10.5\n30,40\n"},
        None,
        "a first row that names the columns",
    ),
    Oddity("a column x twice", "points", {"a.csv": "x,y,x\n20,30,40\n"}, None, "found x twice"),
    Oddity("one row twice", "points", {"a.csv": "x,y\n20,30\n20,30\n"}, [POINT, POINT], TWICE),
    Oddity("an empty cell", "points", {"a.csv": "x,y\n20,\n"}, None, "found nothing"),
    Oddity(
        "dots between thousands, commas before decimals",
        "points",
        {"a.csv": "x;y\n1.020,5;10,5\n"},
        None,
        "found '1.020,5'",
    ),
    Oddity("numbers such as 2e1", "points", {"a.csv": "x,y\n2e1,3.0E+1\n"}, [POINT]),
    Oddity(
        "a workbook called .csv",
        "points",
        {"a.csv": b"PK\x03\x04" + bytes(60)},
        None,
        "a first row that names the columns",
    ),
]
