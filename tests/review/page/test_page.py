"""The page itself: slices, regions, sizes of screens, names for those who do not see."""

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from review_page import BOXES, LAPTOP, Door, Robot

pytestmark = pytest.mark.browser

TABLET: ViewportSize = {"width": 1024, "height": 768}
YELLOW = (0xF0, 0xE4, 0x42)
NAMELESS = """() => [...document.querySelectorAll('button, input, select, textarea, canvas, a')]
    .filter((control) => control.checkVisibility() && !control.closest('#picture'))
    .filter((control) => !(control.ariaLabel || control.textContent.trim() || control.title
        || control.labels?.length))
    .map((control) => control.outerHTML)"""


def test_slices__keys_and_copy__box_goes_to_the_next_slice(robot: Robot) -> None:
    robot.open("Z2_slices")
    robot.press(",")
    expect(robot.page.locator("#trail")).to_contain_text("slice 1 of 3")
    robot.press("g", "v", ".")
    expect(robot.page.locator("#trail")).to_contain_text("slice 2 of 3")
    robot.wait_saved()

    facts = robot.facts()

    assert len(facts["boxes"]) == len(BOXES) + 1
    assert len(facts["below"]) == len(BOXES)
    assert robot.page.locator("#slices button").count() == 3


def test_plaque__box_selected__its_boxes_light_up_here_and_below(robot: Robot) -> None:
    robot.open("Z2_plaques")
    robot.see_whole_image()
    dark = robot.num_pixels(YELLOW)

    robot.press("g")
    robot.page.wait_for_timeout(200)

    assert dark == 0
    assert robot.num_pixels(YELLOW) > 0


def test_region__drawn_and_undone__count_follows(robot: Robot) -> None:
    robot.open("Z3_slices")
    robot.see_whole_image()
    before = robot.text("#count")

    robot.page.get_by_text("Regions", exact=True).click()
    robot.page.get_by_role("button", name="Exclusion").click()
    for corner in [(2, 2), (126, 2), (126, 40), (2, 40)]:
        robot.click(corner)
    robot.press("Enter")
    robot.wait_saved()
    inside = robot.text("#count")
    robot.press("z")
    robot.wait_saved()
    expect(robot.page.locator("#regions li")).to_have_count(0)

    assert (before, inside, robot.text("#count")) == ("4", "2", "4")


def test_channel__black_point_moved__picture_is_asked_for_with_it(robot: Robot) -> None:
    robot.open("Z1_slices")

    with robot.page.expect_request(re.compile(r"/tiles/.*c=0,37,")) as request:
        robot.page.get_by_label("black of").fill("37")

    assert request.value.url.count("c=") == 1


@pytest.mark.parametrize("size", [LAPTOP, TABLET], ids=["laptop", "tablet"])
def test_layout__small_screens__picture_has_the_room_and_nothing_is_cut(
    door: Door, size: ViewportSize
) -> None:
    with door.robot(size) as robot:
        picture = robot.page.locator("#overlay").bounding_box()
        width = robot.page.evaluate("document.documentElement.scrollWidth")

    assert picture is not None
    assert width == size["width"]
    assert picture["width"] >= 0.6 * size["width"]
    assert picture["height"] >= 0.8 * size["height"]


def test_controls__all_of_them__have_names_for_screen_readers(robot: Robot) -> None:
    robot.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")

    assert robot.page.evaluate(NAMELESS) == []


def test_theme__light__stays_after_opening_again(robot: Robot) -> None:
    robot.page.get_by_label("dark or light").click()
    robot.page.reload()

    scheme = robot.page.evaluate("getComputedStyle(document.documentElement).colorScheme")

    assert scheme == "light"
