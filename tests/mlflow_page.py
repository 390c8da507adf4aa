"""`mlflow ui` as a user starts it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS_TO_START = 120


def outside_environment() -> dict[str, str]:
    """Return the environment of a user: nothing in it tells MLflow that this is a test."""
    hints = {"CI", "GITHUB_ACTIONS", "PYTEST_CURRENT_TEST", "DO_NOT_TRACK"}
    return {
        name: value
        for name, value in os.environ.items()
        if name not in hints and not name.startswith("MLFLOW")
    }


@contextmanager
def served(command: Sequence[str], folder: Path) -> Iterator[str]:
    """Start `command`, such as "mlflow ui", in `folder` and give the address of its page."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [str(Path(sys.executable).parent / command[0]), *command[1:], "--port", str(port)],
            cwd=folder,
            env=outside_environment() | {"MLFLOW_DISABLE_TELEMETRY": "true"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, 15)
            server.wait(timeout=30)


def fetch(url: str, body: dict[str, Any] | None = None) -> str:
    """Return what the server answers, waiting for it to start."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - our own server
        url, content, {"Content-Type": "application/json"}
    )
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
