"""Two people, a lost server and names that are no names: nothing is lost, nobody is deceived."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from review_page import BOXES, Door, Robot, opened_door, written_boxes

pytestmark = pytest.mark.browser


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
    [path] = (predictions.parent / "rat").rglob(f"{Path(whole_name).stem}_bbox.json")
    written = json.loads(path.read_text())
    [records] = written.values()
    records[0]["bbox_width"] += 3
    del records[1]
    path.write_text(json.dumps(written))
    theirs = written_boxes(predictions, whole_name)

    expect(robot.page.locator("#say")).to_contain_text("changed 2 boxes of this image")
    robot.page.get_by_role("button", name=f"{answer} them").click()
    robot.wait_saved()
    expect(robot.page.locator("#say")).to_be_empty()

    assert written_boxes(predictions, whole_name) == (theirs if answer == "take" else ours)
    assert robot.facts()["proposals"] == []


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
