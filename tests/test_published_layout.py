"""Everything that a lab does with the published datasets, on simulated ones of their layout.

24 stacks in two datasets, called as the published ones are and with no more metadata than those
have, go from validation to a report.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from gapjunction import cli, presets
from gapjunction.boxes import as_boxes
from gapjunction.dataset.records import AnnotatedImage, Asset
from gapjunction.dataset.writer import write_dataset
from gapjunction.presets import PRESETS
from gapjunction.simulation.imaging_model import Kind
from gapjunction.simulation.stack.stack_dataset import (
    StackPlan,
    assemble_stacks,
    grid_of,
    plan_stacks,
    simulate_planned_stack,
    write_stack,
)
from gapjunction.training.config import TrainingConfig

pytestmark = pytest.mark.slow

# The names of the published stacks, and of what they are of.
HUMAN_STACKS = (
    *("0df171ec", "10a8020e", "1b8aed21", "1cc11a01", "245d5ef3", "29031851"),
    *("29c1c45c", "3cdab81e", "45ea795f", "5279bdd1", "5314e475", "d991675b"),
)
RAT_STACKS = (
    *("457df930", "49247f1c", "70623b0d", "7482d124", "7c2f20a7", "89be23df"),
    *("925f2aa0", "a393d6be", "d27fbf92", "dd6d1651", "de608d07", "f5eeac28"),
)
STACKS: Mapping[Kind, tuple[str, ...]] = {"human": HUMAN_STACKS, "rat": RAT_STACKS}
FOUND_IN: Mapping[Kind, tuple[str, str]] = {
    "human": ("glioblastoma", "cancer"),
    "rat": ("brain_cortex", "healthy"),
}
NUM_STACKS, NUM_SLICES, SIZE_PX, Z_STEP_UM = 24, 4, 128, 0.5
NOT_LOOKED_AT = ("29031851", "d991675b", "7482d124")  # one slice has no detection file
EMPTY = ("d27fbf92", "de608d07")  # one slice has an empty list
NUM_IMAGES = NUM_STACKS * NUM_SLICES
NUM_ANNOTATED = NUM_IMAGES - len(NOT_LOOKED_AT)


def published(kind: Kind, root: Path, folder: Path) -> None:
    """Write a dataset; its slices are simulated in `folder`."""
    grid = grid_of(kind, NUM_SLICES, SIZE_PX, Z_STEP_UM)
    folder.mkdir()
    assets = {}
    for plan in plan_stacks(kind, NUM_STACKS // 2, NUM_SLICES, seed=16):
        own = renamed(plan)
        stack = simulate_planned_stack(own, grid, seed=16)
        assets[own] = as_published(write_stack(stack, own, Z_STEP_UM, folder))
    write_dataset(replace(assemble_stacks(assets, root), um_per_px=None), root)


def renamed(plan: StackPlan) -> StackPlan:
    localization, diagnosis = FOUND_IN[plan.kind]
    metadata = replace(plan.subject.metadata, localization=localization, diagnosis=diagnosis)
    name = STACKS[plan.kind][plan.asset_index]
    return replace(plan, asset_name=name, subject=replace(plan.subject, metadata=metadata))


def as_published(asset: Asset) -> Asset:
    """Return an asset without z step and true plaques, and with its slices annotated as there."""
    first, *others = asset.images
    if asset.name in NOT_LOOKED_AT:
        first = replace(without_boxes(first), is_annotated=False)
    if asset.name in EMPTY:
        first = without_boxes(first)
    metadata = replace(asset.metadata, z_step_um=None)
    return Asset(asset.name, (first, *others), metadata)


def without_boxes(image: AnnotatedImage) -> AnnotatedImage:
    return replace(image, boxes=as_boxes([]), labels=image.labels[:0])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the datasets in `data`."""
    folder = tmp_path_factory.mktemp("published")
    published("human", folder / "data" / "HUMAN__gap_junctions", folder / "human")
    published("rat", folder / "data" / "RAT__gap_junctions", folder / "rat")
    return folder


@pytest.fixture(scope="module")
def found(place: Path) -> Path:
    """Train the shipped weights on for one short epoch, predict everything, return the folder."""
    short = TrainingConfig(
        max_epochs=1, tiles_per_epoch=8, batch_size=4, tile_size=SIZE_PX, learning_rate=1e-4
    )
    preset = replace(PRESETS["medium_quality"], recipes={"from_scratch": short})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets.PRESETS, "medium_quality", preset)
        run, store = place / "run", place / "mlflow"
        call("train", place / "data", "--output", run, "--mlflow_dir", store, "--rehearse", 0)
    call("predict", place / "data", "--checkpoint", run, "--output", place / "found", "--overlays")
    return place / "found"


def call(*arguments: object) -> None:
    assert cli.run(list(map(str, arguments))) == 0


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Return what a command prints, which has to end well."""
    call(*arguments)
    return capsys.readouterr().out


def row_of(table: str, title: str) -> list[str]:
    """Return the values behind a title in the first printed table that has it."""
    line = next(line for line in table.splitlines() if line.startswith(f"{title} "))
    return line.removeprefix(title).split()


def test_validate__published_layout__has_no_errors(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, "validate", place / "data")
    assert f"2 datasets, {NUM_STACKS} assets, {NUM_IMAGES} images, " in shown
    assert ": 0 errors, " in shown


def test_convert__published_layout__splits_whole_stacks(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, "convert", place / "data", "--output", place / "converted")
    parts = [row_of(shown, split) for split in ("train", "val", "test")]
    assert sum(int(assets) for assets, *_ in parts) == NUM_STACKS
    assert sum(int(images) for _, _, images, *_ in parts) == NUM_ANNOTATED
    assert all(int(assets) > 1 for assets, *_ in parts)


def test_predict__published_layout__counts_the_plaques_of_each_stack(found: Path) -> None:
    assert len(pd.read_csv(found / "counts.csv")) == NUM_IMAGES
    stacks = pd.read_csv(found / "stacks.csv", dtype={"asset": str})
    assert sorted(stacks["asset"]) == sorted((*HUMAN_STACKS, *RAT_STACKS))
    assert set(stacks["slices"]) == {NUM_SLICES}
    assert stacks["plaques"].sum() < stacks["boxes"].sum()
    assert stacks["plaques"].sum() == len(pd.read_csv(found / "plaques.csv"))
    assert stacks["um_per_px"].isna().all()
    assert len(list((found / "stack_overlays").iterdir())) == NUM_STACKS


def test_benchmark_counts__published_layout__compares_the_annotated_slices(
    place: Path, found: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ("--ground_truth_dir", place / "data", "--predictions_dir", found)
    shown = said(capsys, "benchmark", "counts", *sides, "--mlflow_dir", place / "mlflow")
    assert row_of(shown, "images") == [str(NUM_ANNOTATED)]
    assert row_of(shown, "assets") == [str(NUM_STACKS)]


def test_benchmark_stacks__published_layout__compares_every_stack(
    place: Path, found: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ("--ground_truth_dir", place / "data", "--predictions_dir", found)
    shown = said(capsys, "benchmark", "stacks", *sides, "--mlflow_dir", place / "mlflow")
    assert row_of(shown, "stacks") == [str(NUM_STACKS)]
    assert float(row_of(shown, "F1")[0]) > 0.8
    assert "True plaques: annotated boxes, linked as found ones are." in shown


def test_report__published_layout__shows_every_stack(
    place: Path, found: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = place / "report"
    arguments = ("--predictions", found, "--output", output, "--num_images", 2)
    said(capsys, "report", place / "data", *arguments)
    assert len(pd.read_csv(output / "assets.csv")) == NUM_STACKS
    page = (output / "report.html").read_text(encoding="utf-8")
    table = page.split("<caption>Plaques of each stack</caption>")[1].split("</table>")[0]
    assert all(f">{name}</td>" in table for name in (*HUMAN_STACKS, *RAT_STACKS))
