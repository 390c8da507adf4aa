"""Annotations as other tools write them, with every kind of object that a reader knows.

They are of one image, "a.png", of 40 x 30 pixels.
"""

from typing import Any

_RING = [[1, 2], [5, 2], [5, 7], [1, 7], [1, 2]]

COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.png", "height": 30, "width": 40}],
    "categories": [{"id": 7, "name": "gap_junction"}, {"id": 9, "name": "nucleus"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 4, 5], "iscrowd": 0},
        {"id": 2, "image_id": 1, "category_id": 9, "bbox": [1, 2, 4, 5], "iscrowd": 1},
        {"id": 3, "image_id": 1, "category_id": 7, "segmentation": [[1, 2, 5, 2, 5, 7]]},
        {
            "id": 4,
            "image_id": 1,
            "category_id": 7,
            "segmentation": {"size": [30, 40], "counts": [30, 4, 26, 4, 1136]},
        },
    ],
}
COCO_RESULTS = COCO | {
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 4, 5], "score": 0.5},
    ]
}
LABELME: dict[str, Any] = {
    "version": "5.4.1",
    "shapes": [
        {"label": "g", "points": [[1, 2], [5, 7]], "shape_type": "rectangle"},
        {"label": "h", "points": [[10, 10], [13, 14]], "shape_type": "circle"},
        {"label": "g", "points": [[1, 2], [5, 2], [5, 9]], "shape_type": "polygon"},
        {"label": "g", "points": [[1, 2], [5, 2]], "shape_type": "line"},
        {"label": "p", "points": [[9, 9]], "shape_type": "point", "flags": {}},
    ],
    "imagePath": "a.png",
    "imageData": None,
    "imageHeight": 30,
    "imageWidth": 40,
}
_VALUE = {"x": 10, "y": 20, "width": 5, "height": 10, "rotation": 15, "rectanglelabels": ["g"]}
_ELLIPSE = {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20, "rotation": 20, "ellipselabels": ["g"]}
LABEL_STUDIO: list[Any] = [
    {
        "id": 1,
        "data": {"image": "/data/upload/1/12345678-a.png"},
        "annotations": [
            {
                "result": [
                    {
                        "type": "rectanglelabels",
                        "value": _VALUE,
                        "original_width": 40,
                        "original_height": 30,
                    },
                    {
                        "type": "polygonlabels",
                        "value": {
                            "points": [[10, 10], [50, 10], [50, 50]],
                            "polygonlabels": ["q"],
                        },
                    },
                    {"type": "ellipselabels", "value": _ELLIPSE},
                    {"type": "keypointlabels", "value": {"x": 5, "y": 5, "keypointlabels": ["g"]}},
                    {"type": "choices", "value": {"choices": ["a"]}},
                ]
            }
        ],
    }
]
LABEL_STUDIO_PREDICTIONS: list[Any] = [
    {
        "data": {"image": "a.png"},
        "predictions": [
            {
                "score": 0.5,
                "result": [{"type": "rectanglelabels", "value": _VALUE, "score": 0.3}],
            }
        ],
    }
]
LABEL_STUDIO_MIN: list[Any] = [
    {
        "image": "a.png",
        "id": 1,
        "annotator": 1,
        "label": [_VALUE | {"original_width": 40, "original_height": 30}],
        "kp": [{"x": 5, "y": 5, "keypointlabels": ["g"]}],
    }
]
QUPATH: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [_RING]},
            "properties": {
                "objectType": "annotation",
                "classification": {"name": "p", "color": [255, 0, 16]},
                "measurements": [{"name": "score", "value": 0.5}],
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": [[_RING], [_RING]]},
            "properties": {"objectType": "detection"},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [10, 10]},
            "properties": {"measurements": {"score": 0.2}},
        },
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": _RING}},
        {
            "type": "Feature",
            "geometry": {"type": "MultiPoint", "coordinates": [[10, 10], [12, 12]]},
            "properties": {"classification": {"name": "z"}},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [_RING]},
            "nucleusGeometry": {"type": "Polygon", "coordinates": [_RING]},
            "properties": {"objectType": "cell"},
        },
    ],
}
VOC = """<annotation><folder>x</folder><filename>a.png</filename>
<size><width>40</width><height>30</height><depth>1</depth></size>
<object><name>g</name><difficult>0</difficult>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>7</ymax></bndbox></object>
<object><name>h</name><type>robndbox</type>
<robndbox><cx>10</cx><cy>10</cy><w>4</w><h>6</h><angle>0.5</angle></robndbox></object>
</annotation>
"""
CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><labels>
<label><name>g</name><color>#aabbcc</color><type>any</type></label></labels></task></meta>
<image id="0" name="a.png" width="40" height="30">
<box label="g" occluded="0" xtl="1.0" ytl="2.0" xbr="5.0" ybr="7.0" z_order="0" rotation="30"/>
<polygon label="g" points="1.0,2.0;5.0,2.0;5.0,7.0"/>
<polyline label="g" points="1.0,2.0;5.0,2.0"/>
<points label="g" points="9.0,9.0;3,4"/>
<ellipse label="g" cx="10.0" cy="10.0" rx="4.0" ry="2.0" rotation="45.0"/>
<mask label="g" rle="2, 3, 1" left="3" top="4" width="3" height="2"/>
<cuboid label="g" xtl1="1"/><tag label="g"/>
</image></annotations>
"""
YOLO_YAML = "path: .\ntrain: images\nval: images\nnc: 2\nnames:\n  0: g\n  1: h\n"
YOLO_ROWS = "0 0.25 0.5 0.1 0.2\n1 0.5 0.5 0.1 0.1 0.75\n0 0.1 0.1 0.2 0.1 0.2 0.3\n"
YOLO_OBJ = "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n"
MAKESENSE = "g,1,2,4,5,a.png,40,30\nh,10,12,4,5,a.png,40,30\n"
POINTS_NAPARI = "index,axis-0,axis-1,score\n0,20.5,10.25,0.5\n1,3,4,0.75\n"
POINTS_NAPARI_SHAPES = (
    "index,shape-type,vertex-index,axis-0,axis-1\n"
    "0,rectangle,0,2,1\n0,rectangle,1,2,5\n0,rectangle,2,7,5\n0,rectangle,3,7,1\n"
)
POINTS_IMAGEJ = " ,Area,Mean,X,Y,Ch,Slice,Frame\n1,0,25,10.5,20.5,1,1,1\n2,0,25,3.5,4.5,1,1,1\n"
POINTS_EUROPEAN = "sep=;\nx;y;class;width;height\n10,5;20,5;g;4,5;3,5\n3,5;4,5;h;4,5;3,5\n"
POINTS_TRACKMATE = (
    "LABEL,ID,QUALITY,POSITION_X,POSITION_Y,POSITION_Z,RADIUS\n"
    "Label,Spot ID,Quality,X,Y,Z,R\nLabel,Spot ID,Quality,X,Y,Z,R\n"
    ",,(quality),(pixel),(pixel),(pixel),(pixel)\nID1,1,5.5,10.5,20.5,0,2\n"
)
POINTS_ONE_TABLE = "image,y,x,class\na.png,20,10,g\na.png,3,4,h\n"
