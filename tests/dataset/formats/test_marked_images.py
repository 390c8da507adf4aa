"""Tests for `gapjunction.dataset.formats.marked_images`."""

from pathlib import Path

import pytest
from PIL import Image

from foreign_files import HEIGHT, WIDTH, save_image
from gapjunction.dataset.formats.image_files import find_images
from gapjunction.dataset.formats.marked_images import (
    Mark,
    MarkedImage,
    assemble,
    counted_notes,
    marked_image,
    with_colors,
)
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.formats.strays import OF_NO_CLASS, WITHOUT_SIZE
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError

BOX = (1.0, 2.0, 5.0, 6.0)


def assembled(folder: Path, *marks: Mark, size: tuple[int, int] | None = None) -> Dataset:
    """Return a dataset of one image with these marks."""
    image = save_image(folder / "a.png")
    source = Source(folder)
    marked = MarkedImage(image, Path("a.txt"), marks, size)
    [dataset] = assemble(source, find_images(source), [marked]).datasets
    return dataset


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((5.0, 2.0, 5.0, 6.0), "a width and height above 0"),
        ((5.0, 6.0, 1.0, 8.0), "a width and height above 0"),
        ((WIDTH, 2.0, WIDTH + 3.0, 6.0), "a box inside a.png (40 x 30 px)"),
        ((1.0, -6.0, 5.0, 0.0), "a box inside a.png (40 x 30 px)"),
    ],
)
def test_assemble__box_that_marks_nothing__is_refused_by_name(
    tmp_path: Path, box: tuple[float, float, float, float], words: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        assembled(tmp_path, Mark("a", BOX, "line 1"), Mark("a", box, "line 2"))
    assert f"a.txt: line 2: expected {words}" in str(caught.value)


def test_assemble__box_sticking_out__is_kept_as_drawn(tmp_path: Path) -> None:
    [image] = assembled(tmp_path, Mark("a", (-2, 20, 5, 33), "")).images()
    assert image.boxes.tolist() == [[-2, 20, 5, 33]]


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_assemble__impossible_score__is_refused(tmp_path: Path, score: float) -> None:
    with pytest.raises(DatasetError, match="a score of 0 to 1"):
        assembled(tmp_path, Mark("a", BOX, "", score))


def test_assemble__a_score__makes_predictions_and_no_annotations(tmp_path: Path) -> None:
    [image] = assembled(tmp_path, Mark("a", BOX, "", 0.5)).images()
    assert not image.is_annotated
    assert len(image.boxes) == 0
    assert image.predictions is not None
    assert image.predictions.scores.tolist() == [0.5]


def test_assemble__no_marks__is_an_empty_image(tmp_path: Path) -> None:
    [image] = assembled(tmp_path).images()
    assert image.is_annotated
    assert image.predictions is None


def test_assemble__image_that_is_not_marked__is_one_nobody_looked_at(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    source = Source(tmp_path)
    [dataset] = assemble(source, find_images(source), []).datasets
    [image] = dataset.images()
    assert not image.is_annotated


def test_assemble__stated_size_of_another_image__is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="size, 40 x 30 px, found 30 x 40 px"):
        assembled(tmp_path, size=(WIDTH, HEIGHT))


def test_assemble__image_that_viewers_turn__is_refused_if_it_has_objects(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    path, source = tmp_path / "a.jpg", Source(tmp_path)
    Image.new("L", (WIDTH, HEIGHT)).save(path, exif=exif)
    images = find_images(source)
    assert assemble(source, images, [MarkedImage(path, Path("a.txt"), ())]).notes == ()
    marked = MarkedImage(path, Path("a.txt"), (Mark("a", BOX, "box 0"),))
    with pytest.raises(DatasetError, match=r"one that viewers show turned by 90 degrees \(EXIF\)"):
        assemble(source, images, [marked])


def test_assemble__image_marked_twice__is_refused(tmp_path: Path) -> None:
    image, source = save_image(tmp_path / "a.png"), Source(tmp_path)
    marked = [MarkedImage(image, Path(name), ()) for name in ("a.txt", "b.txt")]
    with pytest.raises(DatasetError, match=r"b.txt: a.png: expected each image once"):
        assemble(source, find_images(source), marked)


def test_assemble__two_images_of_one_stem_in_an_asset__are_refused(tmp_path: Path) -> None:
    save_image(tmp_path / "images" / "a.png")
    save_image(tmp_path / "unannotated" / "a.jpg")
    source = Source(tmp_path)
    with pytest.raises(DatasetError, match="names of their own in an asset"):
        assemble(source, find_images(source), [])


def test_assemble__class_not_in_a_closed_list__is_refused(tmp_path: Path) -> None:
    image, source = save_image(tmp_path / "a.png"), Source(tmp_path)
    marked = [MarkedImage(image, Path("a.txt"), (Mark("debris", BOX, "box 0"),))]
    with pytest.raises(DatasetError, match="box 0: expected a class of gap_junction, found 'deb"):
        assemble(source, find_images(source), marked, {"gap_junction": ""}, is_closed=True)


@pytest.mark.parametrize(
    ("stray", "words"),
    [
        (Mark("plaque", (5, 5, 5, 5), "box 9"), WITHOUT_SIZE),
        (Mark("debris", BOX, "box 9"), OF_NO_CLASS),
    ],
)
def test_assemble__one_stray_object_of_ten__is_left_out_and_named(
    tmp_path: Path, stray: Mark, words: str
) -> None:
    image, source = save_image(tmp_path / "a.png"), Source(tmp_path)
    marks = [Mark("plaque", (x, 5, x + 4, 9), f"box {x}") for x in range(9)]
    marked = [MarkedImage(image, Path("a.txt"), (*marks, stray))]
    result = assemble(source, find_images(source), marked, {"plaque": ""}, is_closed=True)
    assert len(next(result.datasets[0].images()).boxes) == 9
    assert result.notes == (f"{words}: 1 (first: a.txt, box 9)",)


def test_assemble__class_without_a_name__is_none(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    source = Source(tmp_path)
    result = assemble(source, find_images(source), [], {"": "#000000", "plaque": ""})
    [dataset] = result.datasets
    assert dataset.class_names == ("plaque",)


def test_with_colors__missing_wrong_and_doubled__become_different_ones() -> None:
    given = {"a": "#ff0000", "b": "", "c": "#FF0000", "d": "red"}
    colors = with_colors(given)
    assert colors["a"] == "#FF0000"
    assert len(set(colors.values())) == len(given)


def test_with_colors__a_hundred_classes__have_a_hundred_colors() -> None:
    assert len(set(with_colors(dict.fromkeys(map(str, range(100)), "")).values())) == 100


def test_marked_image__what_is_left_out__is_a_note_and_no_mark() -> None:
    mark = Mark("a", (1, 2, 3, 4), "shape 0")
    image = marked_image(Path("a.png"), Path("a.json"), [(mark, ("cut",)), (None, ("a line",))])
    assert (image.marks, image.notes) == ((mark,), ("cut", "a line"))


def test_counted_notes__of_several_images__are_counted_together() -> None:
    image = MarkedImage(Path("a.png"), Path("a.json"), (), notes=("cut", "a line", "cut"))
    assert counted_notes([image, image]) == ("cut: 4", "a line: 2")
