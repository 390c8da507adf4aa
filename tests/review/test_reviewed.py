"""Tests for `gapjunction.review.reviewed`."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders import write_json_file
from gapjunction.dataset.reader import read_dataset
from gapjunction.review.opening import open_review
from gapjunction.review.outcome import Collided, OperationRefused
from gapjunction.review.reviewed import Review
from review_cases import (
    box,
    detection_file,
    image_of,
    operate,
    operation,
    predicted_dataset,
    review_of,
    write_predictions,
)


def records(path: Path) -> list[dict[str, Any]]:
    [(_, boxes)] = json.loads(path.read_text()).items()
    return list(boxes)


def sides(path: Path) -> list[list[float]]:
    names = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
    return [[each[name] for name in names] for each in records(path)]


def test_operate__undone_image__leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    before = path.read_bytes()
    operate(review_of(tmp_path / "data"), "draw", box=box())
    assert path.read_bytes() == before


def test_operate__done__writes_what_counts_without_scores(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    review = review_of(tmp_path / "data")
    operate(review, "draw", box=box())
    operate(review, "done")
    assert sides(path) == [[2, 3, 10, 12], [30, 20, 8, 8], [5, 5, 10, 10]]
    assert not any("score" in each for each in records(path))
    image = next(read_dataset(tmp_path / "data").images())
    assert image.is_annotated


def test_operate__done__keeps_further_keys_and_numbers_of_what_was_not_moved(
    tmp_path: Path,
) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    write_predictions(path, [([1 / 3, 2, 10, 12], 0.9)], uuid="keep me")
    review = review_of(tmp_path / "data")
    operate(review, "done")
    [record] = records(path)
    assert (record["bbox_x"], record["uuid"]) == (1 / 3, "keep me")


def test_operate__moved_box__keeps_further_keys(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    write_predictions(path, [([1, 2, 10, 12], 0.9)], uuid="keep me")
    review = review_of(tmp_path / "data")
    [found] = review.state(image_of(review)).boxes
    operate(review, "change", box=box(found.id, 7))
    operate(review, "done")
    [record] = records(path)
    assert (record["bbox_x"], record["bbox_width"], record["uuid"]) == (7, 10, "keep me")


def test_operate__change_after_done__is_written_at_once(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "1_0")
    review = review_of(tmp_path / "data")
    before = sides(path)
    operate(review, "draw", "1_0", box=box())
    assert sides(path) == [*before, [5, 5, 10, 10]]


def test_operate__undone__predictions_are_predictions_again(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    before = records(path)
    review = review_of(tmp_path / "data")
    operate(review, "done")
    operate(review, "undone")
    assert records(path) == before


def test_operate__undone__a_box_without_area_comes_back_as_well(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    content = json.loads(path.read_text())
    [(stem, boxes)] = content.items()
    predictions = tmp_path / "out" / "detections" / path.name
    write_json_file(predictions, {stem: [*boxes, boxes[0] | {"bbox_width": 0.0}]})
    write_json_file(tmp_path / "out" / "manifest.json", {"input": str(tmp_path / "data")})
    review = Review(open_review(tmp_path / "out", None, None), "Ana")
    assert len(review.state(image_of(review)).boxes) == 3
    operate(review, "done")
    operate(review, "undone")
    assert json.loads(path.read_text()) == content


def test_operate__count_file_beside__says_the_same(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    counts = path.with_name(path.name.replace("_bbox.json", "_bbox_metrics.json"))
    write_json_file(counts, {"gap_junction": 9})
    operate(review_of(tmp_path / "data"), "done")
    assert json.loads(counts.read_text()) == {"gap_junction": 2}


def test_operate__annotation_taken_back__is_not_trained_on_and_comes_back(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "1_0")
    before = records(path)
    review = review_of(tmp_path / "data")
    operate(review, "undone", "1_0")
    assert not path.exists()
    operate(review, "done", "1_0")
    assert records(path) == before


def test_operate__undo_and_redo__give_back_what_was(tmp_path: Path) -> None:
    review = review_of(predicted_dataset(tmp_path / "data"))
    image = image_of(review)
    first = review.state(image).boxes
    operate(review, "delete", box=first[0].model_dump())
    operate(review, "draw", box=box())
    after = {each.id for each in review.state(image).boxes}
    for _ in range(2):
        operate(review, "undo")
    assert {each.id for each in review.state(image).boxes} == {each.id for each in first}
    for _ in range(2):
        operate(review, "redo")
    assert {each.id for each in review.state(image).boxes} == after
    with pytest.raises(OperationRefused, match="nothing to do again"):
        operate(review, "redo")


def test_operate__same_operation_twice__is_done_once(tmp_path: Path) -> None:
    review = review_of(predicted_dataset(tmp_path / "data"))
    asked = operation(review, "draw", box=box())
    assert review.operate(asked) == review.operate(asked)
    assert len(review.state(image_of(review)).boxes) == 4


def test_operate__other_window_moved_the_box__tells_and_overwrites_nothing(tmp_path: Path) -> None:
    review = review_of(predicted_dataset(tmp_path / "data"))
    found = review.state(image_of(review)).boxes[0]
    operate(review, "change", box=box(found.id, 20), window="one")
    with pytest.raises(Collided) as told:
        operate(review, "change", box=box(found.id, 40), window="two", base=0)
    assert [each.box[0] for each in told.value.theirs] == [20]
    assert review.state(image_of(review)).boxes[0].box[0] == 20


def test_operate__two_servers__see_each_other_and_do_not_overwrite(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "data")
    ana, bo = review_of(root, "Ana"), review_of(root, "Bo")
    found = ana.state(image_of(ana)).boxes[0]
    operate(ana, "change", box=box(found.id, 20))
    with pytest.raises(Collided, match="Ana changed this"):
        operate(bo, "delete", box=box(found.id), base=0)
    operate(bo, "draw", box=box("of-bo", 50))
    ana.refresh()
    assert [each.by for each in ana.state(image_of(ana)).boxes] == ["Ana", "model", "model", "Bo"]
    _, events = ana.events.since(0)
    assert [each["by"] for each in events] == ["Ana", "Bo"]


def test_review__opened_again__is_as_it_was_left(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "data")
    review = review_of(root)
    operate(review, "draw", box=box())
    operate(review, "note", note="blurred")
    state = review.state(image_of(review))
    again = review_of(root).state(image_of(review))
    assert (again.boxes, again.note) == (state.boxes, "blurred")


def test_review__killed_before_the_file_was_written__writes_it_when_opened(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "0_0")
    before = path.read_bytes()
    review = review_of(tmp_path / "data")
    operate(review, "done")
    after = path.read_bytes()
    path.write_bytes(before)
    journal = tmp_path / "data" / ".review" / "Ana.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(line for line in lines if b'"written"' not in line))
    review_of(tmp_path / "data")
    assert path.read_bytes() == after


def test_refresh__file_changed_by_another_program__proposes_and_keeps_it(tmp_path: Path) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "1_0")
    review = review_of(tmp_path / "data")
    operate(review, "note", "1_0", note="met")
    content = json.loads(path.read_text())
    [(stem, boxes)] = content.items()
    theirs = json.dumps({stem: [boxes[0], boxes[1] | {"bbox_x": boxes[1]["bbox_x"] + 0.5}]})
    path.write_text(theirs)
    review.refresh()
    proposals = review.state(image_of(review, "1_0")).proposals
    assert sorted(each.id.split("-")[0] for each in proposals) == ["gone", "moved"]
    operate(review, "draw", "1_0", box=box())
    assert path.read_text() == theirs
    for each in proposals:
        kind = "take" if each.id.startswith("gone") else "leave"
        operate(review, kind, "1_0", proposal=each.id)
    assert [each["bbox_x"] for each in records(path)] == [boxes[0]["bbox_x"], boxes[1]["bbox_x"], 5]


@pytest.mark.parametrize("kind", ["take", "leave"])
def test_operate__all_changes_of_another_program__are_decided_and_undone_at_once(
    tmp_path: Path, kind: str
) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "1_0")
    review = review_of(tmp_path / "data")
    operate(review, "note", "1_0", note="met")
    ours = sides(path)
    [(stem, boxes)] = json.loads(path.read_text()).items()
    theirs = [boxes[1] | {"bbox_x": boxes[1]["bbox_x"] + 0.5}]
    write_json_file(path, {stem: theirs})
    review.refresh()
    operate(review, kind, "1_0")
    assert len(sides(path)) == (1 if kind == "take" else len(ours))
    operate(review, "undo", "1_0")
    assert len(review.state(image_of(review, "1_0")).proposals) == len(ours)
    operate(review, "redo", "1_0")
    expected = [[theirs[0]["bbox_x"], *ours[1][1:]]] if kind == "take" else ours
    assert sides(path) == expected


def test_refresh__other_program_took_its_change_back__nothing_is_to_be_decided(
    tmp_path: Path,
) -> None:
    path = detection_file(predicted_dataset(tmp_path / "data"), "1_0")
    review = review_of(tmp_path / "data")
    operate(review, "note", "1_0", note="met")
    before = path.read_bytes()
    [(stem, boxes)] = json.loads(before).items()
    write_json_file(path, {stem: boxes[1:]})
    review.refresh()
    path.write_bytes(before)
    review.refresh()
    assert review.state(image_of(review, "1_0")).proposals == []


def test_operate__full_disk__is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of(predicted_dataset(tmp_path / "data"))

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            operate(review, "draw", box=box())
    assert len(review.state(image_of(review)).boxes) == 3
    operate(review, "draw", box=box("again"))
    assert len(review_of(tmp_path / "data").state(image_of(review)).boxes) == 4
