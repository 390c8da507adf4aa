"""Two people, a lost server and names that are no names: nothing is lost, nobody is deceived."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from review_page import BOXES, Door, Robot, opened_door, written_boxes

pytestmark = pytest.mark.browser

PURPLE = (0xCC, 0x79, 0xA7)


def test_second_person__same_box__is_told_and_does_not_overwrite(
    browser: Browser, predictions: Path, door: Door
) -> None:
    with (
        opened_door(browser, predictions, "Bert") as other,
        other.robot() as bert,
        door.robot() as anna,
    ):
        anna.open("Z1_two")
        bert.open("Z1_two")
        bert.page.context.set_offline(True)  # so that he does not see what she does
        bert.press("g", "ArrowRight")
        anna.press("g", "x")  # the same box
        anna.wait_saved()
        bert.page.context.set_offline(False)

        expect(bert.page.locator("#say")).to_contain_text("not saved: Anna changed this")
        assert len(bert.facts()["boxes"]) == len(BOXES) - 1
        bert.complaints.clear()  # chromium complains of what was offline, and of every 409


def test_second_person__other_box__lights_up_and_both_are_kept(
    browser: Browser, predictions: Path, door: Door
) -> None:
    with (
        opened_door(browser, predictions, "Bert") as other,
        other.robot() as bert,
        door.robot() as anna,
    ):
        anna.open("Z2_two")
        bert.open("Z2_two")
        bert.press("g", "g", "ArrowRight")
        bert.wait_saved()
        expect(anna.page.locator("#say")).to_contain_text("Bert changes this image now")
        expect(anna.page.locator("#queue [aria-current=true] .state")).to_have_text("begun")

        anna.press("g", "a")
        anna.wait_saved()

        states = {(box["by"], box["state"]) for box in anna.facts()["boxes"]}
        assert states == {("model", "model"), ("Bert", "changed"), ("Anna", "accepted")}


@pytest.mark.parametrize(("answer", "name"), [("take", "Z1_offer"), ("leave", "Z2_offer")])
def test_file_changed_by_another_program__is_taken_or_left(
    robot: Robot, predictions: Path, answer: str, name: str
) -> None:
    whole_name = robot.open(name)
    robot.press("Enter")
    robot.wait_saved()
    ours = written_boxes(predictions, whole_name)
    change_file(predictions, whole_name)
    theirs = written_boxes(predictions, whole_name)

    expect(robot.page.locator("#offers-count")).to_contain_text("1 added, 1 moved, 1 removed")
    robot.page.get_by_role("button", name=f"{answer} all").click()
    expect(robot.page.locator("#offers")).to_be_hidden()
    robot.wait_saved()

    assert written_boxes(predictions, whole_name) == (theirs if answer == "take" else ours)
    assert robot.facts()["proposals"] == []


def test_file_changed_by_another_program__by_keys__is_taken_or_left_box_by_box(
    robot: Robot, predictions: Path
) -> None:
    name = robot.open("Z1_offers")
    robot.press("Enter")
    robot.wait_saved()
    ours = written_boxes(predictions, name)
    change_file(predictions, name)
    expect(robot.page.locator("#offers-list li")).to_have_count(3)
    robot.see_whole_image()
    robot.page.wait_for_timeout(200)
    purple = robot.num_pixels(PURPLE)

    robot.press("o", "Tab", "Enter")  # takes the first, which was moved
    robot.press("Tab", "Tab", "Enter")  # leaves the next, which was added
    robot.press("o", "o", "Tab", "Tab", "Enter")  # leaves the one that was removed
    expect(robot.page.locator("#offers")).to_be_hidden()
    robot.wait_saved()
    robot.page.wait_for_timeout(200)

    assert 0 < robot.num_pixels(PURPLE) < purple  # what is left is the box of the other program
    assert written_boxes(predictions, name) == {*ours} - {BOXES[0]} | {(10, 10, 15, 9)}
    robot.press("z")
    expect(robot.page.locator("#offers-count")).to_contain_text("1 removed")
    robot.press("Shift+Z")
    robot.wait_saved()


def change_file(predictions: Path, name: str) -> None:
    """Move the first box of an image that is done, remove the second, and add one."""
    [path] = (predictions.parent / "rat").rglob(f"{Path(name).stem}_bbox.json")
    written = json.loads(path.read_text())
    [records] = written.values()
    added = records[1] | {"bbox_x": 30, "bbox_y": 80}
    moved = records[0] | {"bbox_width": records[0]["bbox_width"] + 3}
    records[:] = [moved, *records[2:], added]
    path.write_text(json.dumps(written))


def test_server_not_there__page_says_so_and_saves_when_it_is_back(robot: Robot) -> None:
    robot.open("Z1_offline")

    robot.page.context.set_offline(True)
    robot.press("g", "x")
    expect(robot.page.locator("#saved")).to_contain_text("not saved: the server is not there")
    robot.page.context.set_offline(False)
    robot.wait_saved()

    assert len(robot.facts()["boxes"]) == len(BOXES) - 1
    robot.complaints.clear()  # chromium complains of every lost request


def test_names__of_all_scripts_and_html__are_shown_as_text(robot: Robot) -> None:
    robot.open("Z1_würfel_élan_срез_切片")
    robot.page.get_by_text("Note", exact=True).click()
    robot.page.fill("#note", "<img src=x onerror=alert(2)>")
    robot.page.locator("#count").click()  # leaves the field
    robot.wait_saved()
    robot.page.reload()
    robot.open("Z1_würfel_élan_срез_切片")

    assert "würfel_élan_срез_切片" in robot.text("#trail")
    assert "<img src=x onerror=alert(1)>" in robot.text("#classes")
    expect(robot.page.locator("#note")).to_have_value("<img src=x onerror=alert(2)>")
    assert robot.page.locator("img[src=x]").count() == 0
