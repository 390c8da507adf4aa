"""The robot trains on what it has corrected, in the page; the files say exactly that."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from review_page import BOXES, Robot, build_predictions, opened_door

pytestmark = pytest.mark.browser

ANIMALS = [f"rat_{number}" for number in range(6)]
TRAINING_MS = 900_000  # half a minute where nothing else runs


def test_train__six_corrected_images__cancelled_once_then_whole_and_predicted_again(
    browser: Browser, tmp_path: Path
) -> None:
    predictions = build_predictions(tmp_path, [*ANIMALS, "open"], num_slices=1)
    trainings = tmp_path / "rat" / ".review" / "training"

    with opened_door(browser, predictions) as door, door.robot() as robot:
        for animal in ANIMALS:
            correct(robot, animal)
        robot.page.get_by_text("Train", exact=True).click()
        expect(robot.page.locator("#train-plan")).to_contain_text("5 done images of 5 animals")

        robot.page.click("#train")
        expect(robot.page.locator("#train-progress")).to_be_visible()
        robot.page.click("#train-cancel")
        expect(robot.page.locator("#train-state")).to_have_text("cancelled")
        expect(robot.page.locator("#train-progress")).to_be_hidden()

        robot.page.fill("#train-epochs", "1")
        robot.page.check("#train-quick")
        robot.page.click("#train")
        expect(robot.page.locator("#train-state")).to_contain_text("Training", timeout=TRAINING_MS)
        expect(robot.page.locator("#train-numbers")).to_contain_text("of 1", timeout=TRAINING_MS)
        expect(robot.page.locator("#train-change")).to_be_visible(timeout=TRAINING_MS)
        expect(robot.page.locator("#curves polyline")).to_have_count(2)
        expect(robot.page.locator("#say")).to_contain_text("predicted again")
        shown = robot.text("#train-change")
        robot.open("Z1_open")
        found = robot.facts()["boxes"]

    cancelled, done = (
        json.loads(path.read_text()) for path in sorted(trainings.glob("*/status.json"))
    )
    assert (cancelled["state"], done["state"]) == ("cancelled", "done")
    for side in ("before", "after"):
        assert f"{done[side]['f1']:.3f}" in shown
        assert f"{done[side]['count_error']:.3f}" in shown
    folder = sorted(trainings.iterdir())[-1]
    assert (folder / "run" / "history.csv").read_text().count("\n") == 3  # the head, epochs 0 and 1
    [written] = folder.glob("predictions/detections/*open*")
    assert len(found) == len(json.loads(written.read_text()).popitem()[1])


def correct(robot: Robot, animal: str) -> None:
    """Delete the box that is none, accept the others, and say that the image is done."""
    robot.open(animal)
    robot.press("j", "a", "a", "Enter")
    robot.wait_saved()
    expect(robot.page.locator("#done")).to_have_attribute("aria-pressed", "true")
    assert len(robot.facts()["boxes"]) == len(BOXES)
