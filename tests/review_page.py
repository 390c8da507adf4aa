"""The review page as a person meets it: a server of its own, chromium, and a robot's two hands."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, ViewportSize, expect

from builders import BRIGHT, DARK_BELOW, add_image, box_record, build_dataset, write_json_file
from gapjunction.version import __version__

LAPTOP: ViewportSize = {"width": 1366, "height": 768}
THRESHOLD = 0.5
SURE, DOUBTED, LOW = 0.95, (0.55, 0.4), 0.2  # scores of the boxes of an image
IMAGE_HEIGHT, IMAGE_WIDTH = 96, 128
XYWH = tuple[float, float, float, float]
BOXES: tuple[XYWH, ...] = (
    (10, 10, 12, 9),
    (40, 12, 8, 8),
    (80, 20, 9, 12),
    (20, 60, 10, 10),
    (60, 60, 14, 8),
    (100, 70, 9, 9),
)
SCORES = (SURE, *DOUBTED, SURE, SURE, LOW)
SERVER_START_S, PAGE_MS = 120, 30_000  # a busy machine is no failure

NUM_PIXELS = """(color) => {
    const canvas = document.getElementById('overlay');
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let number = 0;
    for (let at = 0; at < data.length; at += 4)
        if (color.every((value, index) => data[at + index] === value)) number += 1;
    return number;
}"""

expect.set_options(timeout=PAGE_MS)


def build_predictions(
    root: Path,
    stacks: Sequence[str],
    *,
    num_slices: int = 3,
    boxes: Sequence[XYWH] = BOXES,
    scores: Sequence[float] = SCORES,
    class_names: Sequence[str] = ("gap_junction",),
) -> Path:
    """Write a simulated dataset that nobody annotated, and predictions of it; return the latter.

    Each stack is an asset, each slice holds bright squares at `boxes`, which were all found.
    """
    dataset = build_dataset(root / "rat", num_assets=0, class_names=class_names)
    rng = np.random.default_rng(0)
    for stack in stacks:
        for z in range(1, num_slices + 1):
            pixels = rng.integers(0, DARK_BELOW, (IMAGE_HEIGHT, IMAGE_WIDTH), dtype=np.uint8)
            for x, y, width, height in boxes:
                pixels[int(y) : int(y + height), int(x) : int(x + width)] = BRIGHT
            image = add_image(dataset / "Assets" / stack, f"{z}_cx43_Z{z}_{stack}", pixels, None)
            records = [
                box_record(box, class_names[0], image.name, IMAGE_HEIGHT, IMAGE_WIDTH)
                | {"score": score}
                for box, score in zip(boxes, scores, strict=True)
            ]
            found = root / "predictions" / "detections" / f"{image.stem}_bbox.json"
            write_json_file(found, {image.stem: records})
    manifest = {"input": str(dataset), "threshold": THRESHOLD, "package_version": __version__}
    write_json_file(root / "predictions" / "manifest.json", manifest)
    return root / "predictions"


@contextmanager
def review_server(source: Path, annotator: str, more: Sequence[str] = ()) -> Iterator[str]:
    """Run `gapjunction review` as a process; give the address that opens its page."""
    command = [sys.executable, "-m", "gapjunction", "review", str(source), "--no_browser"]
    process = subprocess.Popen(
        [*command, "--annotator", annotator, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
    )
    assert process.stdout is not None
    try:
        yield _printed_address(process.stdout)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SERVER_START_S)


def _printed_address(lines: Iterator[str]) -> str:
    said = []
    for line in lines:
        said.append(line)
        address = next((word for word in line.split() if word.startswith("http")), None)
        if address is not None:
            return address
    raise AssertionError("the server did not start: " + "".join(said))


class Robot:
    """A person with a mouse and keys; counts what it presses and clicks, keeps what goes wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.num_actions = 0
        self.complaints: list[str] = []
        page.set_default_timeout(PAGE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.complaints.append(line.text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.num_actions += 1
            self.page.keyboard.press(key)

    def drag(self, start: tuple[float, float], end: tuple[float, float], hold: str = "") -> None:
        """Drag from a pixel of the image to another; the whole image must be in view."""
        self.num_actions += 1
        mouse, (x, y) = self.page.mouse, self.on_screen(start)
        if hold:
            self.page.keyboard.down(hold)
        mouse.move(x, y)
        mouse.down()
        mouse.move(*self.on_screen(end), steps=3)
        mouse.up()
        if hold:
            self.page.keyboard.up(hold)

    def click(self, at: tuple[float, float]) -> None:
        """Click on a pixel of the image; the whole image must be in view."""
        self.num_actions += 1
        self.page.mouse.click(*self.on_screen(at))

    def on_screen(self, at: tuple[float, float]) -> tuple[float, float]:
        """Return where a pixel is while the whole image is in view."""
        room = self.page.locator("#overlay").bounding_box()
        assert room is not None
        facts = self.facts()
        scale = min(room["width"] / facts["width"], room["height"] / facts["height"])
        left = room["x"] + (room["width"] - scale * facts["width"]) / 2
        top = room["y"] + (room["height"] - scale * facts["height"]) / 2
        return left + at[0] * scale, top + at[1] * scale

    def see_whole_image(self) -> None:
        """Zoom out, and wait until the picture rests."""
        self.press("0")
        self.page.wait_for_timeout(700)

    def open(self, name: str) -> str:
        """Open an image of the queue by a part of its name; return the whole name."""
        self.page.fill("#queue-filter", name)
        self.page.locator("#queue button").first.click()
        expect(self.page.locator("#trail")).to_have_attribute("title", re.compile(re.escape(name)))
        return str(self.facts()["name"])

    def wait_saved(self) -> None:
        """Wait until the server has all that was done."""
        expect(self.page.locator("#saved")).to_contain_text("ago")

    def facts(self) -> dict[str, Any]:
        """Return what the server says of the image that is shown."""
        facts: dict[str, Any] = self.page.evaluate(
            """async () => {
                const shown = document.querySelector('#queue [aria-current=true]').dataset.image;
                return (await fetch(`/api/images/${shown}`)).json();
            }"""
        )
        return facts

    def num_pixels(self, color: tuple[int, int, int]) -> int:
        """Return how many pixels over the picture have a color (red, green, blue)."""
        return int(self.page.evaluate(NUM_PIXELS, color))

    def text(self, selector: str) -> str:
        """Return the text of a part of the page."""
        return self.page.inner_text(selector)


@dataclass(frozen=True, slots=True)
class Door:
    """A browser that has come in: where the page is, and the cookie that opens it."""

    browser: Browser
    origin: str
    cookies: StorageState

    @contextmanager
    def robot(self, size: ViewportSize = LAPTOP) -> Iterator[Robot]:
        """Open the page in a window of its own, in which nothing may go wrong."""
        context = self.browser.new_context(viewport=size, storage_state=self.cookies)
        try:
            robot = Robot(context.new_page())
            robot.page.goto(self.origin)
            expect(robot.page.locator("#trail")).not_to_be_empty()
            yield robot
            assert not robot.complaints, "; ".join(robot.complaints)
        finally:
            context.close()


@contextmanager
def opened_door(
    browser: Browser, source: Path, annotator: str = "Anna", more: Sequence[str] = ()
) -> Iterator[Door]:
    """Start a server and come in by the address that it prints, which works once."""
    with review_server(source, annotator, more) as address:
        context = browser.new_context()
        context.new_page().goto(address)
        cookies = context.storage_state()
        context.close()
        yield Door(browser, address.partition("?")[0], cookies)


def written_boxes(predictions: Path, image_name: str) -> set[tuple[float, ...]]:
    """Return the boxes (x, y, width, height) in the dataset's file of an image, to 0.1 px."""
    dataset = Path(json.loads((predictions / "manifest.json").read_text())["input"])
    stem = Path(image_name).stem
    [path] = dataset.glob(f"Assets/*/Detection/{stem}_bbox.json")
    names = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
    records = json.loads(path.read_text(encoding="utf-8"))[stem]
    return {tuple(round(record[name], 1) for name in names) for record in records}
