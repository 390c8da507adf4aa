"""A robot does what a person does for a day, and the files say exactly that."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from review_page import BOXES, SCORES, THRESHOLD, Robot, written_boxes

pytestmark = pytest.mark.browser

COUNTED = sum(score >= THRESHOLD for score in SCORES)


def test_loop__correct_draw_delete_undo_redo_done_next__files_say_exactly_that(
    robot: Robot, predictions: Path
) -> None:
    name = robot.open("Z1_loop")
    robot.see_whole_image()

    robot.drag((16, 14), (18, 15))  # moves the first box by (2, 1)
    robot.drag((44, 16), (44, 20))  # moves the second by (0, 4)
    robot.click((90, 26))
    robot.drag((89, 32), (92, 34))  # resizes the third, by its corner
    robot.drag((60, 30), (72, 40))  # draws
    robot.click((25, 65))
    robot.press("x")  # deletes the fourth box
    robot.press("z")
    robot.wait_saved()
    num_undone = len(robot.facts()["boxes"])
    robot.press("Shift+Z", "Enter")
    robot.wait_saved()
    expect(robot.page.locator("#done")).to_have_attribute("aria-pressed", "true")
    robot.press("n")
    expect(robot.page.locator("#trail")).not_to_have_attribute("title", name)

    assert num_undone == len(BOXES) + 1
    assert written_boxes(predictions, name) == {
        (12, 11, 12, 9),
        (40, 16, 8, 8),
        (80, 20, 12, 14),
        (60, 30, 12, 10),
        (60, 60, 14, 8),  # the fifth is the model's, and counts; the sixth does not
    }


def test_keys_alone__a_slice__is_reviewed_without_the_mouse(
    robot: Robot, predictions: Path
) -> None:
    name = robot.open("Z1_keys")

    robot.press("j", "a", "x")  # the two doubtful ones: right, and not
    robot.press("g", "ArrowRight", "Shift+ArrowDown", "Alt+ArrowRight")
    robot.press("Escape", "0")
    robot.page.wait_for_timeout(700)
    robot.press("b", "Enter")
    robot.wait_saved()

    states = sorted(box["state"] for box in robot.facts()["boxes"])
    assert states == ["accepted"] * 3 + ["changed", "model", "person"]
    written = written_boxes(predictions, name)
    assert (11, 20, 13, 9) in written  # the first: 1 px right, 10 px down, 1 px wider
    assert BOXES[2] not in written  # the second most doubtful one
    assert len(written) == len(BOXES) - 2 + 1


def test_threshold__moved__count_interval_and_doubts_follow_at_once(robot: Robot) -> None:
    robot.open("Z1_threshold")
    before = robot.text("#count"), robot.text("#doubts")

    robot.page.fill("#threshold", "0.15")

    assert before == (str(COUNTED), "2 doubtful")
    assert (robot.text("#count"), robot.text("#doubts")) == (str(len(BOXES)), "1 doubtful")
    low, _, high = robot.text("#interval").partition(" to ")
    assert int(low) <= len(BOXES) <= int(high)


def test_accept_above__threshold_moved__takes_what_counts_in_the_page(robot: Robot) -> None:
    robot.open("Z2_threshold")

    robot.page.fill("#threshold", "0.3")
    robot.page.get_by_role("button", name="Accept all above the threshold").click()
    robot.wait_saved()

    states = [box["state"] for box in robot.facts()["boxes"]]
    assert states.count("accepted") == len(BOXES) - 1


def test_class__key_2__changes_the_box_or_that_of_new_boxes(robot: Robot) -> None:
    robot.open("Z3_threshold")
    robot.see_whole_image()

    robot.click((16, 14))
    robot.press("2", "Escape", "2")
    robot.drag((60, 30), (72, 40))
    robot.wait_saved()

    labels = {box["state"]: box["label"] for box in robot.facts()["boxes"]}
    assert labels == {"changed": 1, "person": 1, "model": 0}


def test_undo__after_the_page_was_opened_again__goes_on(robot: Robot) -> None:
    robot.open("Z2_loop")
    robot.press("g", "x", "g", "x")
    robot.wait_saved()

    robot.page.reload()
    robot.open("Z2_loop")
    robot.press("z", "z")
    robot.wait_saved()

    assert len(robot.facts()["boxes"]) == len(BOXES)
    expect(robot.page.locator("[data-do=undo]")).to_be_disabled()


def test_minute__ten_doubtful_boxes_in_five_images__take_four_keys_an_image(robot: Robot) -> None:
    names = ["Z1_minute", "Z2_minute", "Z3_minute", "Z2_keys", "Z3_keys"]

    for name in names:
        robot.open(name)
        robot.press("j", "a", "x", "Enter")  # of two doubtful boxes one is right, one is not
        robot.wait_saved()
        assert sorted(box["score"] for box in robot.facts()["boxes"]) == [0.2, 0.55, *[0.95] * 3]
        assert robot.facts()["state"] == "done"

    assert robot.num_actions == 4 * len(names)  # and N between them
