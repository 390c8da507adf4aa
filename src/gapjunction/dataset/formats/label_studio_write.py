"""Write Label Studio tasks (JSON), boxes in percent of the image. Predictions stay predictions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.write_xml import write_xml
from gapjunction.dataset.records import Dataset
from gapjunction.files import write_json

TASKS, LABELS = "tasks.json", "labeling_config.xml"
FROM_NAME, TO_NAME = "label", "image"


def write_label_studio(dataset: Dataset, folder: Path) -> list[str]:
    """Write tasks.json, labeling_config.xml and images/ (for local file storage)."""
    placed = place_images(dataset, folder, keeps_unseen=True, keeps_predicted=True)
    tasks = [_task(each, index, dataset.class_names) for index, each in enumerate(placed, start=1)]
    write_json(folder / TASKS, tasks)
    # Label Studio refuses a configuration with an XML declaration.
    write_xml(folder / LABELS, _config(dataset), has_declaration=False)
    return losses(dataset, {"colors", "unused classes", "predictions"})


def _task(placed: Placed, index: int, class_names: Sequence[str]) -> dict[str, Any]:
    height, width = placed.image.height, placed.image.width
    regions = [
        {
            "id": f"{index}_{number_of}",
            "type": "rectanglelabels",
            "from_name": FROM_NAME,
            "to_name": TO_NAME,
            "original_width": width,
            "original_height": height,
            "image_rotation": 0,
            "value": {
                "x": x0 / width * 100,
                "y": y0 / height * 100,
                "width": (x1 - x0) / width * 100,
                "height": (y1 - y0) / height * 100,
                "rotation": 0,
                "rectanglelabels": [class_names[label]],
            },
        }
        | ({} if score is None else {"score": score})
        for number_of, ((x0, y0, x1, y1), score, label) in enumerate(
            zip(placed.boxes_xyxy, placed.scores, placed.labels, strict=True)
        )
    ]
    answer = {"result": regions}
    is_predicted = placed.image.predictions is not None
    return {
        "id": index,
        "data": {"image": f"/data/local-files/?d={quote(placed.path.as_posix())}"},
        "annotations": [answer] if placed.is_annotated else [],
        "predictions": [{"model_version": "gapjunction"} | answer] if is_predicted else [],
    }


def _config(dataset: Dataset) -> Element:
    view = Element("View")
    SubElement(view, "Image", {"name": TO_NAME, "value": "$image"})
    labels = SubElement(view, "RectangleLabels", {"name": FROM_NAME, "toName": TO_NAME})
    for name, color in dataset.classes.items():
        SubElement(labels, "Label", {"value": name, "background": color})
    return view
