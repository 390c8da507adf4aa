"""One chromium and one server for all tests of the page; each test has a stack of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from headless_browser import require_chromium
from review_page import Door, Robot, build_predictions, opened_door

STACKS = (
    "loop",
    "keys",
    "minute",
    "offer",
    "offers",
    "plaques",
    "notes",
    "offline",
    "slices",
    "threshold",
    "two",
    "würfel_élan_срез_切片",
)
MEAN_CLASSES = ("gap_junction", "<img src=x onerror=alert(1)>")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be one at a time."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's chromium, driven by Playwright without browsers of its own."""
    program = require_chromium()
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def predictions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Predictions of simulated stacks of three slices."""
    return build_predictions(tmp_path_factory.mktemp("page"), STACKS, class_names=MEAN_CLASSES)


@pytest.fixture(scope="session")
def door(browser: Browser, predictions: Path) -> Iterator[Door]:
    """A page of these predictions, at which Anna sits."""
    with opened_door(browser, predictions) as door:
        yield door


@pytest.fixture
def robot(door: Door) -> Iterator[Robot]:
    """Anna's hands."""
    with door.robot() as robot:
        yield robot
