"""Tests for `gapjunction.review.server`: a real process, asked, stopped and killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import numpy as np
import pytest

from gapjunction.dataset.reader import read_dataset
from gapjunction.review.journal import Journal
from review_cases import detection_file, predicted_dataset, review_of

pytestmark = pytest.mark.long

START_S, STOP_S = 120, 60
FEW_KILLS, MANY_KILLS = 3, 30


class Served:
    """A server in a process of its own, and a browser that has come in."""

    def __init__(self, root: Path, annotator: str = "Ana") -> None:
        command = [sys.executable, "-m", "gapjunction", "review", str(root)]
        self.process = subprocess.Popen(
            [*command, "--annotator", annotator, "--threshold", "0.4", "--no_browser"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        said = ""
        while (found := re.search(r"http://\S+", said)) is None:
            line = self.process.stderr.readline()
            assert line, f"the server has ended: {said}"
            said += line
        url = found[0]
        self.origin = url.partition("/?")[0]
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.opener.open(url, timeout=START_S)

    def get(self, path: str) -> Any:
        with self.opener.open(self.origin + path, timeout=STOP_S) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any) -> Any:
        request = Request(  # noqa: S310 - an address of ours
            self.origin + path, json.dumps(body).encode(), {"Origin": self.origin}
        )
        with self.opener.open(request, timeout=STOP_S) as answer:
            return json.load(answer)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=STOP_S)
        return out


@contextmanager
def served(root: Path, annotator: str = "Ana") -> Iterator[Served]:
    server = Served(root, annotator)
    try:
        yield server
    finally:
        server.kill()


def draws(image: str, number: int) -> Iterator[dict[str, Any]]:
    """Yield what a person does to an image: boxes, and every fifth time done or not."""
    for at in range(number):
        one = {"id": uuid.uuid4().hex, "image": image, "base": 10**9, "window": "w"}
        if at % 5 == 4:
            yield one | {"kind": "done" if at % 2 else "undone"}
        else:
            x = float(at % 60)
            yield one | {
                "kind": "draw",
                "box": {"id": one["id"], "box": [x, 5.0, x + 9, 14.0], "label": 0},
            }


def test_serve__ctrl_c__stops_soon_and_says_what_is_done(tmp_path: Path) -> None:
    with served(predicted_dataset(tmp_path / "data")) as server:
        listener = server.opener.open(server.origin + "/api/events", timeout=STOP_S)
        assert "5 of 6 images done" in server.stop()
        listener.close()
        assert server.process.returncode == 0


def kill_again_and_again(root: Path, kills: int) -> None:
    """Kill the server at random moments of a person's work; nothing acknowledged may be lost."""
    rng = np.random.default_rng(0)
    acknowledged: list[str] = []
    for _ in range(kills):
        server = Served(root)
        image = server.get("/api/queue")["images"][0]["id"]
        ends = time.monotonic() + rng.uniform(0, 1.5)
        operations = draws(image, 1000)
        while time.monotonic() < ends:
            operation = next(operations)
            server.post("/api/operations", operation)
            acknowledged.append(operation["id"])
        killer = subprocess.Popen(
            [sys.executable, "-c", f"import os; os.kill({server.process.pid}, {signal.SIGKILL:d})"]
        )
        while killer.poll() is None:
            operation = next(operations)
            try:
                server.post("/api/operations", operation)
            except (HTTPException, HTTPError, URLError, OSError):
                break
            acknowledged.append(operation["id"])
        killer.wait()
        server.kill()
        review = review_of(root)
        known = {each for state in review._states.values() for each in state.entries}
        assert known.issuperset(acknowledged)
        read_dataset(root)
        json.loads(detection_file(root, "0_0").read_text())
    assert acknowledged
    assert not list(root.rglob("*-partial-*"))


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_serve__killed_at_random_moments__loses_nothing_acknowledged(tmp_path: Path) -> None:
    kill_again_and_again(predicted_dataset(tmp_path / "data"), FEW_KILLS)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_serve__killed_many_times__loses_nothing_acknowledged(tmp_path: Path) -> None:
    kill_again_and_again(predicted_dataset(tmp_path / "data"), MANY_KILLS)


def test_serve__one_gigabyte_in_pieces__is_refused_after_the_first(tmp_path: Path) -> None:
    with served(predicted_dataset(tmp_path / "data")) as server:
        host, port = server.origin.removeprefix("http://").split(":")
        piece = b"186A0\r\n" + b"x" * 100_000 + b"\r\n"
        head = (
            f"POST /login HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.origin}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
        )
        sent = 0
        with socket.create_connection((host, int(port)), timeout=STOP_S) as connection:
            connection.sendall(head.encode())
            try:
                while sent < 10_000:
                    connection.sendall(piece)
                    sent += 1
            except OSError:  # the server has hung up
                pass
        assert sent < 10_000
        assert server.get("/api/session")["annotator"] == "Ana"


def test_serve__two_servers_of_one_dataset__tell_each_other(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "data")
    with served(root, "Ana") as ana, served(root, "李明") as other:
        image = ana.get("/api/queue")["images"][0]["id"]
        [box, *_] = ana.get(f"/api/images/{image}")["boxes"]
        one = {"image": image, "kind": "delete", "box": box, "base": 0}
        ana.post("/api/operations", one | {"id": "a"})
        with pytest.raises(HTTPError) as refused:
            other.post("/api/operations", one | {"id": "b"})
        told = json.load(refused.value)
        refused.value.close()
    assert (refused.value.code, told["by"], told["theirs"]) == (409, "Ana", [])


def test_serve__several_images__are_written_to_one_journal(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "data")
    with served(root) as server:
        for each in server.get("/api/queue")["images"][:2]:
            server.post("/api/operations", next(draws(each["id"], 1)))
    kinds = [entry.kind for entry in Journal(root, "Ana").read_new()]
    assert kinds.count("draw") == 2
