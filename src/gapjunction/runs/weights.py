"""Find the weights that training starts from, and download them once if need be."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from torch import hub

from gapjunction.choices import PresetName
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.hub_run import HubRun
from gapjunction.presets import PRESETS, PublishedWeights

NONE, SHIPPED, COCO = "none", "shipped", "coco"
NO_ANSWER_S = 30.0


def find_weights(given: str | None, preset_name: PresetName) -> Path | None:
    """Return the run folder or file to start from, or None to start from random weights.

    `given` is "none", "shipped", "coco", a path, hf://user/model[@revision], or None for what the
    preset starts from.

    Raises:
        CheckpointError: if there is nothing at the path, or the download fails.
        ConfigError: if the preset does not have such weights.
    """
    preset = PRESETS[preset_name]
    sources = {SHIPPED: preset.shipped, COCO: preset.published}
    there = [name for name, source in sources.items() if source is not None]
    chosen = given or (there or [NONE])[0]
    if chosen == NONE:
        return None
    if chosen not in sources:
        on_hub = HubRun.of(Path(chosen))
        return on_hub.folder() if on_hub else _existing(Path(chosen))
    if chosen not in there:
        raise ConfigError(
            f"weights {chosen}",
            expected=f"weights that there are for {preset_name}: {', '.join([*there, NONE])}",
            found=f"no {chosen} ones for it",
            fix="leave it out, or give a run folder",
            settings=("weights",),
        )
    source = sources[chosen]
    return _downloaded(source) if isinstance(source, PublishedWeights) else source


def _existing(path: Path) -> Path:
    if not path.exists():
        raise CheckpointError(
            path,
            expected=f"{NONE}, {SHIPPED}, {COCO}, a run folder or a published file of DINO",
            found="no such file or folder",
            fix="check the path",
            settings=("weights",),
        )
    return path.absolute()


def _downloaded(published: PublishedWeights) -> Path:
    """Return the file in torch's cache (TORCH_HOME moves it); download it if it is not there."""
    path = Path(hub.get_dir()) / "checkpoints" / published.url.rpartition("/")[2]
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _timeout(NO_ANSWER_S):
            hub.download_url_to_file(published.url, str(path), published.sha256_start)
    except (OSError, HTTPException, RuntimeError) as error:
        raise CheckpointError(
            published.url,
            expected=f"to download the weights ({published.size_mb} MB)",
            found=str(getattr(error, "reason", error)),
            fix=f"download it where there is a network and put it at {path}, or give the file "
            f"as weights, or {NONE} to train from random weights",
            settings=("weights",),
        ) from None
    return path


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """Give up connections that are silent for so long."""
    earlier = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(earlier)
