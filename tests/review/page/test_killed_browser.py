"""The browser is killed at random moments: what the page called saved is kept, work goes on."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Error, Playwright, expect

from gapjunction.dataset.reader import read_dataset
from gapjunction.review.journal import Journal
from headless_browser import require_chromium
from review_page import LAPTOP, Door, Robot, build_predictions, opened_door

pytestmark = pytest.mark.browser

FEW_KILLS, MANY_KILLS = 3, 30
LONGEST_WORK_S = 3.0
KILLED_S = 10
KEYS_AT_ONCE = 3  # before somebody looks whether they are saved
WORK = ("b", "ArrowRight", "Enter", "z", "Shift+Z", "Enter", "x")  # a change with every key
NOT_ASKED_FOR = ("base", "written")  # lines of the journal


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_browser__killed_at_random_moments__loses_nothing_that_was_saved(
    playwright: Playwright, browser: Browser, tmp_path: Path
) -> None:
    kill_again_and_again(playwright, browser, tmp_path, FEW_KILLS)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_browser__killed_many_times__loses_nothing_that_was_saved(
    playwright: Playwright, browser: Browser, tmp_path: Path
) -> None:
    kill_again_and_again(playwright, browser, tmp_path, MANY_KILLS)


def kill_again_and_again(
    playwright: Playwright, browser: Browser, folder: Path, kills: int
) -> None:
    """Kill the browser of somebody at work; compare the journal with what the page said."""
    rng = np.random.default_rng(0)
    predictions = build_predictions(folder, ["killed"], num_slices=1)
    num_saved = num_pressed = 0
    with opened_door(browser, predictions) as door:
        for _ in range(kills):
            saved, pressed = _killed_at_work(playwright, door, rng.uniform(0, LONGEST_WORK_S))
            num_saved, num_pressed = num_saved + saved, num_pressed + pressed
            assert num_saved <= len(_operations(folder / "rat")) <= num_pressed
        before = len(_operations(folder / "rat"))
        with door.robot() as robot:
            robot.press("b")
            robot.wait_saved()

    assert num_saved
    assert len(_operations(folder / "rat")) == before + 1
    read_dataset(folder / "rat")
    assert not list(folder.rglob("*-partial-*"))


def _killed_at_work(playwright: Playwright, door: Door, seconds: float) -> tuple[int, int]:
    """Return how many changes the page called saved, and how many keys were pressed, at most."""
    saved = pressed = 0
    with _own_chromium(playwright) as (process, browser):
        context = browser.new_context(viewport=LAPTOP, storage_state=door.cookies)
        robot = Robot(context.new_page())
        robot.page.goto(door.origin)
        expect(robot.page.locator("#trail")).not_to_be_empty()
        killer = threading.Timer(seconds, _kill, [process])
        killer.start()
        try:
            while True:
                pressed += 1
                robot.press(WORK[pressed % len(WORK) - 1])
                if pressed % KEYS_AT_ONCE == 0:
                    robot.page.locator("#saved", has_text="ago").wait_for()
                    saved = int(robot.text("#saved").split()[0])
        except Error:
            killer.join()
            assert process.wait(KILLED_S) == -signal.SIGKILL
    return saved, pressed


@contextmanager
def _own_chromium(playwright: Playwright) -> Iterator[tuple[subprocess.Popen[str], Browser]]:
    """Start chromium as a process of which one knows the number."""
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [require_chromium(), *options, "about:blank"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        lines = (re.search(r"ws://\S+", line) for line in process.stderr)
        address = next(found[0] for found in lines if found is not None)
        yield process, playwright.chromium.connect_over_cdp(address)
    finally:
        _kill(process)
        process.communicate()


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _operations(root: Path) -> list[str]:
    """Return what Anna's journal holds of what was asked for."""
    kinds = [entry.kind for entry in Journal(root, "Anna").read_new()]
    return [kind for kind in kinds if kind not in NOT_ASKED_FOR]
