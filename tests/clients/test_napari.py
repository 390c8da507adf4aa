"""What we read of napari's tables: run with napari 0.9.2."""

from pathlib import Path

import pytest

from client_boxes import Found, boxes_of, client_dataset, copy_images, found, read_by_us
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
napari_io = pytest.importorskip("napari_builtins.io", reason="not installed: pip install napari")
SIDE_PX = 6.0


def of_one_class(boxes: Found) -> Found:
    """Return boxes in a class that tables of napari do not name."""
    return {
        stem: sorted(("gap_junction", *each[1:]) for each in own) for stem, own in boxes.items()
    }


def test_napari__points_it_saves__are_read_at_their_place(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = tmp_path / "out"
    copy_images(dataset, out)
    expected = []
    half = SIDE_PX / 2
    for stem, boxes in boxes_of(dataset).items():
        centers = [((y0 + y1) / 2, (x0 + x1) / 2) for _, x0, y0, x1, y1 in boxes]
        rows = [[number, *center] for number, center in enumerate(centers)]
        napari_io.write_csv(str(out / f"{stem}.csv"), rows, ["index", "axis-0", "axis-1"])
        expected += [
            (f"{stem}.png", "gap_junction", (x - half, y - half, x + half, y + half))
            for y, x in centers
        ]
    read = read_by_us("points", Source(out, point_size_px=SIDE_PX))
    assert read == found(expected)


def test_napari__shapes_it_saves__are_read_to_the_box(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = tmp_path / "out"
    copy_images(dataset, out)
    for stem, boxes in boxes_of(dataset).items():
        rows = [
            [number, "rectangle", corner, y, x]
            for number, (_, x0, y0, x1, y1) in enumerate(boxes)
            for corner, (y, x) in enumerate(((y0, x0), (y0, x1), (y1, x1), (y1, x0)))
        ]
        napari_io.write_csv(
            str(out / f"{stem}.csv"),
            rows,
            ["index", "shape-type", "vertex-index", "axis-0", "axis-1"],
        )
    assert read_by_us("points", Source(out)) == of_one_class(boxes_of(dataset))
