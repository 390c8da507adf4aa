"""`gapjunction review`: look at boxes and correct them, in a browser."""

import getpass
import logging
import re
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.errors import ConfigError
from gapjunction.outside_text import read_text
from gapjunction.review.access import LOCAL_NAMES, Sessions, names_of_host
from gapjunction.review.entries import DATASET, FILE, MODEL
from gapjunction.review.facts import num_done
from gapjunction.review.opening import open_review
from gapjunction.review.reviewed import Review
from gapjunction.review.server import HERE, Address, listening, serve, url_of
from gapjunction.text import counted, normalized

logger = logging.getLogger(__name__)

NOT_IN_NAMES = re.compile(r"[^\w .-]|^[ .]|[ .]$")
LONGEST_NAME, SHORTEST_PASSWORD = 60, 8


class ReviewConfig(StrictConfig):
    """Settings of `gapjunction review`."""

    source: Path = Field(
        description="A dataset, a folder of datasets, or the output folder of `gapjunction "
        "predict`.",
        json_schema_extra={"positional": True},
    )
    data: Path | None = Field(
        None,
        description="The dataset that was predicted, where it is no more where manifest.json says; "
        "of images that were in none, one is made in the folder of the predictions.",
    )
    annotator: str | None = Field(
        None, description="Who reviews; without it, the name of the user of this computer."
    )
    threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Lowest score of a box that counts; without it, that of the predictions.",
    )
    host: str = Field(
        HERE,
        description="Address to listen at; others than this computer's own need --password_file.",
    )
    port: int = Field(0, ge=0, le=65535, description="Port to listen at; 0: a free one.")
    password_file: Path | None = Field(
        None,
        description="Text file with the password, of 8 letters or more, that opens the page on "
        "other computers.",
    )
    no_browser: bool = Field(False, description="Only print the address; open no browser.")


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What was done when the server stopped."""

    root: Path
    num_done: int
    num_images: int

    def __str__(self) -> str:
        images = counted(self.num_images, "image")
        return f"{self.num_done:,} of {images} done in {self.root}; everything is saved there"


def run(config: ReviewConfig) -> ReviewResult:
    """Serve the page until Ctrl-C.

    Raises:
        ConfigError: if the annotator cannot be called so, or the address needs a password.
        DatasetError: if a dataset has errors, or a journal is damaged.
        BenchmarkError: if a prediction is of no image of the datasets.
    """
    annotator = _annotator(config)
    address = Address(config.host, config.port, _password(config))
    opened = open_review(config.source, config.data, config.threshold)
    review = Review(opened, annotator)
    listener = listening(address)
    sessions = Sessions(listener.getsockname()[1], address.password)
    url = url_of(address, sessions)
    logger.info("%s, by %s", counted(len(opened.images), "image"), annotator)
    logger.info("Open %s (once, in one browser; Ctrl-C stops)", url)
    if address.password:
        names = ", ".join(names_of_host(config.host))
        logger.info("On other computers port %d of %s, with the password", sessions.port, names)
    if not config.no_browser:
        webbrowser.open(url)
    try:
        serve(review, address, listener, sessions)
    except KeyboardInterrupt:
        logger.info("stopped")
    return ReviewResult(opened.root, num_done(review), len(opened.images))


def _annotator(config: ReviewConfig) -> str:
    """Return who reviews: a name that a file can have."""
    name = normalized(config.annotator or _user())
    if (
        not name
        or NOT_IN_NAMES.search(name)
        or len(name) > LONGEST_NAME
        or name.casefold() in (DATASET, FILE, MODEL)
    ):
        raise ConfigError(
            "annotator",
            expected=f"a name of 1 to {LONGEST_NAME} letters, digits, blanks, '.', '-' or '_', "
            f"but not {DATASET}, {FILE} or {MODEL}",
            found=repr(name),
            fix="choose another name",
            settings=("annotator",),
        )
    return name


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, as in containers
        return "annotator"


def _password(config: ReviewConfig) -> str | None:
    path = config.password_file
    if path is None:
        if config.host not in LOCAL_NAMES:
            raise ConfigError(
                "host",
                expected="a password where other computers can reach the page",
                found=config.host,
                fix="write one into a file, or reach this computer by 'ssh -L PORT:127.0.0.1:PORT'",
                settings=("host", "password_file"),
            )
        return None
    password = read_text(path, ConfigError, fix="check the path").strip()
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(
            path,
            expected=f"a password of {SHORTEST_PASSWORD} letters or more",
            found=f"{len(password)}",
            fix="write a longer one",
            settings=("password_file",),
        )
    return password
