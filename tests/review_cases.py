"""Small reviews for tests: a dataset of three assets, with predictions in some of its images."""

from pathlib import Path
from typing import Any

from builders import box_record, build_dataset, write_json_file
from gapjunction.review.opening import Opened, ReviewImage, open_review
from gapjunction.review.operations import Operation
from gapjunction.review.outcome import Outcome
from gapjunction.review.reviewed import Review

PREDICTED: list[tuple[list[float], float]] = [
    ([2, 3, 10, 12], 0.9),
    ([30, 20, 8, 8], 0.5),
    ([60, 40, 9, 9], 0.2),
]


def predicted_dataset(root: Path) -> Path:
    """Write a dataset whose image 0_0 has three boxes with scores; the others are annotated."""
    build_dataset(root)
    write_predictions(detection_file(root, "0_0"), PREDICTED)
    return root


def detection_file(root: Path, number: str) -> Path:
    """Return the detection file of the image "<asset>_<image>" of a built dataset."""
    stem = f"{number}_{root.name}"
    return root / "Assets" / f"asset_{number[0]}" / "Detection" / f"{stem}_bbox.json"


def write_predictions(path: Path, boxes: list[tuple[list[float], float]], **further: Any) -> None:
    """Write boxes (x, y, width, height) with scores, and further keys, into a detection file."""
    stem = path.stem.removesuffix("_bbox")
    records = [
        box_record(box, "gap_junction", f"{stem}.png", 64, 80) | {"score": score} | further
        for box, score in boxes
    ]
    write_json_file(path, {stem: records})


def opened(root: Path) -> Opened:
    """Open a built dataset with the threshold 0.4."""
    return open_review(root, None, 0.4)


def review_of(root: Path, annotator: str = "Ana") -> Review:
    """Return the review of a built dataset."""
    return Review(opened(root), annotator)


def image_of(review: Review, number: str = "0_0") -> ReviewImage:
    """Return the image "<asset>_<image>" of a built dataset."""
    images = review.opened.images.values()
    return next(each for each in images if each.name.startswith(f"{number}_"))


def operation(review: Review, kind: str, number: str = "0_0", **what: Any) -> Operation:
    """Return an operation that knows of all before it, unless it says what it knows."""
    image = image_of(review, number)
    known = {"base": review.state(image).sequence, "id": f"op-{review.events.number}-{kind}"}
    return Operation.model_validate({"image": image.id, "kind": kind, **known, **what})


def operate(review: Review, kind: str, number: str = "0_0", **what: Any) -> Outcome:
    """Do an operation in an image."""
    return review.operate(operation(review, kind, number, **what))


def box(name: str = "new", x: float = 5.0, **what: Any) -> dict[str, Any]:
    """Return a box as the page sends it, 10 px wide and high."""
    return {"id": name, "box": [x, 5.0, x + 10, 15.0], "label": 0, **what}
