"""Tests for `gapjunction.dataset.formats.label_studio_min`."""

import pytest

from gapjunction.dataset.formats.label_studio_min import as_full_task

KINDS = ("rectanglelabels", "keypointlabels")
REGION = {"x": 1, "keypointlabels": ["plaque"], "original_width": 40, "original_height": 30}


def test_as_full_task__flat__has_data_and_an_annotation() -> None:
    full = as_full_task({"image": "a.png", "marks": [REGION], "annotator": 1}, KINDS)
    assert isinstance(full, dict)
    assert full["data"]["image"] == "a.png"
    [region] = full["annotations"][0]["result"]
    assert region["type"] == "keypointlabels"
    assert region["value"] == REGION
    assert (region["original_width"], region["original_height"]) == (40, 30)


def test_as_full_task__other_lists_of_the_task__are_no_regions() -> None:
    full = as_full_task({"image": "a.png", "words": [{"a": 1}, "b"], "annotation_id": 1}, KINDS)
    assert isinstance(full, dict)
    assert full["annotations"] == [{"result": []}]


@pytest.mark.parametrize("task", [{"data": {}, "created_at": ""}, {"image": "a.png"}, 3, None])
def test_as_full_task__anything_else__stays(task: object) -> None:
    assert as_full_task(task, KINDS) is task
