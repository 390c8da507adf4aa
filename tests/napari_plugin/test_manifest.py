"""Tests for the plug-in's manifest, as napari reads it."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

import gapjunction
from gapjunction.napari_plugin.sample_data import NUM_SLICES, sample_image, sample_stack

MANIFEST = Path(gapjunction.__file__).parent / "napari_plugin" / "napari.yaml"
HAS_NAPARI = find_spec("napari") is not None
CONTENT: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
COMMANDS = {each["id"]: each["python_name"] for each in CONTENT["contributions"]["commands"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_manifest__each_command__is_there(command: str) -> None:
    module, name = COMMANDS[command].split(":")
    if module.endswith(".panel") and not HAS_NAPARI:
        pytest.skip("the panel needs napari (the extra napari)")
    assert callable(getattr(import_module(module), name))


def test_manifest__each_contribution__names_a_command() -> None:
    kinds = ("readers", "writers", "widgets", "sample_data")
    named = [each["command"] for kind in kinds for each in CONTENT["contributions"][kind]]
    assert sorted(named) == sorted(COMMANDS)


def test_manifest__npe2__takes_it() -> None:
    npe2 = pytest.importorskip("npe2", reason="the extra napari is not installed")
    manifest = npe2.PluginManifest.from_file(MANIFEST)
    assert manifest.name == "gapjunction"
    assert len(manifest.contributions.commands) == len(COMMANDS)


@pytest.mark.long
def test_sample_image__boxes__are_of_a_simulated_image_and_say_so() -> None:
    (pixels, shown, kind), (boxes, boxes_shown, boxes_kind) = sample_image()
    assert (kind, boxes_kind, pixels.shape) == ("image", "shapes", (512, 512, 3))
    assert shown["name"].startswith("simulated")
    assert boxes_shown["name"].startswith("simulated")
    assert len(boxes) > 0


def test_sample_stack__links__lead_from_slice_to_slice() -> None:
    pixels, points, links, boxes = sample_stack()
    assert pixels[0].shape[0] == NUM_SLICES
    assert set(links[0][:, 1, 0].tolist()) <= {1.0, 2.0}  # at most one slice is passed over
    assert len(points[0]) == len(boxes[0])
