"""The server of a review: one process, which stops with Ctrl-C and survives a kill."""

import logging
import socket
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from gapjunction.errors import ConfigError, GapJunctionError
from gapjunction.prediction_folder import Manifest
from gapjunction.provenance import UNKNOWN
from gapjunction.review.access import Guard, Sessions, is_any_address, names_of_host
from gapjunction.review.events import Events
from gapjunction.review.more_routes import More
from gapjunction.review.opening import open_review
from gapjunction.review.pyramids import Pyramids
from gapjunction.review.reviewed import Review
from gapjunction.review.routes import Page, build_app
from gapjunction.review.training import Trainings

logger = logging.getLogger(__name__)

HERE = "127.0.0.1"
LOOK_S = 1.0  # between looks at what others wrote
ENDING_S = 2  # for requests under way, once it is to stop


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens.

    Attributes:
        port: 0 takes a free one.
        password: for others than who has started it; needed beyond this machine.
    """

    host: str = HERE
    port: int = 0
    password: str | None = None


def listening(address: Address) -> socket.socket:
    """Return a socket that is bound to an address.

    Raises:
        ConfigError: if that cannot be had.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.host, address.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"{address.host}:{address.port}",
            expected="an address of this machine with a free port",
            found=error.strerror or str(error),
            fix="choose another one",
            settings=("host", "port"),
        ) from None
    return listener


def serve(review: Review, address: Address, listener: socket.socket, sessions: Sessions) -> None:
    """Answer the page until Ctrl-C."""
    page = Page(review, sessions, Pyramids())
    trainings = Trainings(review.opened.root, _weights(review.opened.manifest))
    hosts = () if address.host == HERE else names_of_host(address.host)
    config = uvicorn.Config(
        Guard(build_app(page, More(trainings).routes(page)), sessions.port, hosts),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=ENDING_S,
    )
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(review, trainings, ended), daemon=True)
    watcher.start()
    try:
        with closing(listener):
            _Server(config, review.events).run(sockets=[listener])
    finally:
        ended.set()
        watcher.join()
        if trainings.facts()["state"] == "running":
            logger.info("the training goes on; review again to follow it")


class _Server(uvicorn.Server):
    """Ends the streams of events when it is told to stop, which would never end by themselves."""

    def __init__(self, config: uvicorn.Config, events: Events) -> None:
        super().__init__(config)
        self._events = events

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self._events.close()
        super().handle_exit(sig, frame)


def url_of(address: Address, sessions: Sessions) -> str:
    """Return the address that opens the page once, on this computer."""
    name = HERE if is_any_address(address.host) else address.host
    host = f"[{name}]" if ":" in name else name
    return f"http://{host}:{sessions.port}/?token={sessions.token}"


def _weights(manifest: Manifest) -> Path | None:
    """Return the run folder of the model that predicted, if it is still there."""
    folder = Path(manifest.model)
    return folder.absolute() if manifest.model != UNKNOWN and folder.is_dir() else None


def _watch(review: Review, trainings: Trainings, ended: threading.Event) -> None:
    """Look every second for what others wrote and how far a training is, until the end."""
    predictions, told = trainings.finished(), trainings.facts()
    while not ended.wait(LOOK_S):
        try:
            review.refresh()
            newest, facts = trainings.finished(), trainings.facts()
            if newest is not None and newest != predictions:
                review.reopen(open_review(newest, review.opened.root, None))
            if facts != told:
                review.events.tell("training", **facts)
            predictions, told = newest, facts
        except (GapJunctionError, OSError) as error:
            logger.warning("could not look for others' changes: %s", error)
