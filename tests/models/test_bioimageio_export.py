"""Tests for `gapjunction.models.bioimageio_export`."""

import io
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from gapjunction.errors import ConfigError
from gapjunction.models.bioimageio_export import write_bioimageio
from gapjunction.models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.shipped import SHIPPED_MODEL
from tiny_centernet import SMALL, tiny_centernet

CHECK = """
import sys
from bioimageio.spec import load_description
described = load_description(sys.argv[1])
print(described.validation_summary.status, *(each.id for each in described.outputs))
"""


@pytest.fixture
def small(tmp_path: Path) -> Checkpoint:
    save_checkpoint(tiny_centernet(SMALL), SMALL, tmp_path / "run")
    return load_checkpoint(tmp_path / "run")


@pytest.mark.long
def test_write_bioimageio__tensors__are_what_the_network_makes_of_the_input(
    small: Checkpoint, tmp_path: Path
) -> None:
    write_bioimageio(small, tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as packed:
        described = yaml.safe_load(packed.read("bioimageio.yaml"))
        tensors = {
            each["id"]: np.load(io.BytesIO(packed.read(each["test_tensor"]["source"])))
            for each in (*described["inputs"], *described["outputs"])
        }
    with torch.inference_mode():
        maps = small.detector.network(torch.from_numpy(tensors["tiles"]))  # type: ignore[operator]
    np.testing.assert_allclose(tensors["heat_logits"], maps[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(tensors["sides"], maps[1].numpy(), atol=1e-3)


@pytest.mark.long
def test_write_bioimageio__description__holds_the_settings(
    small: Checkpoint, tmp_path: Path
) -> None:
    write_bioimageio(small, tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as packed:
        described = yaml.safe_load(packed.read("bioimageio.yaml"))
    settings = described["config"]["gapjunction"]
    assert settings.pop("model_version") == small.version
    assert settings == small.config.model_dump(mode="json")


def test_write_bioimageio__classes__are_called_as_the_zoo_allows(
    small: Checkpoint, tmp_path: Path
) -> None:
    config = small.config.but(class_names=("gap junction", "2nd"))
    named = Checkpoint(small.detector, config, small.version, small.folder)
    write_bioimageio(named, tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as packed:
        described = yaml.safe_load(packed.read("bioimageio.yaml"))
    assert described["outputs"][0]["axes"][1]["channel_names"] == ["gap_junction", "_2nd"]


def test_write_bioimageio__other_network__is_refused(small: Checkpoint, tmp_path: Path) -> None:
    class Other:
        def exported(self) -> None:
            return

    config = small.config.but(network=DinoConfig())
    other = Checkpoint(Other(), config, "0", tmp_path)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="expected the compact detector"):
        write_bioimageio(other, tmp_path / "model.zip")


@pytest.mark.slow
@pytest.mark.skipif(find_spec("bioimageio") is None, reason="the extra bioimageio is missing")
def test_write_bioimageio__shipped_weights__are_valid_for_the_zoo(tmp_path: Path) -> None:
    write_bioimageio(load_checkpoint(SHIPPED_MODEL), tmp_path / "model.zip")
    # In a process of its own, as it leaves files open.
    checked = subprocess.run(
        [sys.executable, "-c", CHECK, str(tmp_path / "model.zip")],
        env=os.environ | {"BIOIMAGEIO_CACHE_PATH": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout.splitlines()[-1] == "valid-format heat_logits sides"
