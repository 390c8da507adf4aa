"""A cache of the Hugging Face Hub on a machine without a network."""

import shutil
from pathlib import Path

import pytest
from huggingface_hub import constants

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def keep_in_hub_cache(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, model: str = "lab/cx43"
) -> Path:
    """Put what is in a folder into a new cache, as the main branch of a model; return where."""
    place = cache / f"models--{model.replace('/', '--')}"
    snapshot = place / "snapshots" / COMMIT
    shutil.copytree(folder, snapshot)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return snapshot
