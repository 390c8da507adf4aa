"""Tests for `bench.on_gpu`, on a CPU with small networks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from bench.on_gpu.__main__ import main
from bench.on_gpu.agreement import measure_agreement
from bench.on_gpu.budget import Budget, median_seconds, peak_gib
from bench.on_gpu.networks import batch, full_scale, small_scale

from builders import build_dataset
from gapjunction.models.dino.matcher import MATCHING

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_agreement__same_device_and_precision__is_exact_and_bf16_is_not() -> None:
    rows = list(measure_agreement(small_scale(), CPU, Budget(60)))
    assert [(row["network"], row["precision"]) for row in rows] == [
        ("R50", "fp32"),
        ("R50", "bf16"),
        ("Swin-L", "fp32"),
        ("Swin-L", "bf16"),
    ]
    for row in rows:
        differences = [row[key] for key in ("tokens", "logits", "boxes")]
        is_exact = row["precision"] == "fp32"
        assert all(each == 0 if is_exact else 0 < each < 1 for each in differences)


def test_agreement__no_time_left__begins_nothing() -> None:
    assert not list(measure_agreement(small_scale(), CPU, Budget(0)))


def test_full_scale__networks__are_those_of_the_presets() -> None:
    assert full_scale().networks["R50"].backbone.kind == "resnet"
    assert full_scale().networks["Swin-L"].num_levels == 5


def test_batch__annotations__lie_inside_of_the_tiles() -> None:
    tiles, annotations = batch(2, 64, CPU)
    assert tiles.shape == (2, 3, 64, 64)
    for each in annotations:
        assert bool((each.boxes >= 0).all() & (each.boxes <= 64).all())
        assert bool((each.boxes[:, 2:] > each.boxes[:, :2]).all())


def test_median_seconds__work__is_done_so_often_and_twice_to_warm_up() -> None:
    calls: list[int] = []
    assert median_seconds(lambda: calls.append(0), CPU, num=3) >= 0
    assert len(calls) == 5
    assert peak_gib(lambda: calls.append(0), CPU) is None
    assert len(calls) == 6


@pytest.mark.slow
def test_main__small__writes_every_part(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "data", num_assets=8)
    command = [sys.executable, "-m", "bench.on_gpu", "--small", "--minutes", "5"]
    subprocess.run(
        [*command, "--data", data, "--output", tmp_path],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    measured = json.loads((tmp_path / "on_gpu.json").read_text())
    assert MATCHING in [row["operation"] for row in measured["where"]]
    assert all(row["step_s"] > 0 for row in measured["training"])
    assert all(row["tiles_per_s"] > 0 for row in measured["prediction"])
    assert {row["step"] for row in measured["short_training"]} == {"train", "epoch", "predict"}
    assert list((tmp_path / "predictions").rglob("*.png"))


def test_main__no_gpu_and_not_small__says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("sys.argv", ["bench.on_gpu"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert "there is no GPU here" in capsys.readouterr().err
