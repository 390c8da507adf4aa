"""Tests for `gapjunction.commands.pipeline`."""

import json
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.commands.pipeline import PipelineConfig, run
from gapjunction.errors import CheckpointError

pytestmark = pytest.mark.usefixtures("tiny_preset")


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    data = build_dataset(tmp_path / "data" / "set", num_assets=4)
    return PipelineConfig(
        data_dir=data.parent, output_dir=tmp_path / "runs", mlflow_dir=tmp_path / "mlflow"
    )


def test_run__whole_way__names_what_it_made_and_all_of_it_is_there(
    config: PipelineConfig,
) -> None:
    result = run(config)
    assert (result.conversion / "annotations" / "instances_train2017.json").is_file()
    predicted = result.run_folder / "test_predictions"
    truth = result.run_folder / "test_ground_truth"
    assert [p.name for p in sorted((predicted / "detections").iterdir())] == [
        p.name for p in sorted(truth.iterdir())
    ]
    assert result.counts is not None
    assert result.score is not None
    assert result.counts.suite["all"]["num_images"] == 2
    assert result.counts.suite["all"]["num_truth"] == result.score.num_truth == 6
    assert "F1 at IoU 0.5" in str(result)
    assert "mlflow ui" in str(result)


def test_run__trains_on_the_splits_of_the_conversion(config: PipelineConfig) -> None:
    result = run(config.model_copy(update={"skip_inference": True}))
    converted = json.loads((result.conversion / "manifest.json").read_text())["assets"]
    assert json.loads((result.run_folder / "splits.json").read_text())["assets"] == converted


def test_run__skip_inference__ends_after_training(config: PipelineConfig) -> None:
    result = run(config.model_copy(update={"skip_inference": True}))
    assert result.score is None
    assert not (result.run_folder / "test_predictions").exists()


def test_run__skip_training__uses_the_newest_run(config: PipelineConfig) -> None:
    trained = run(config.model_copy(update={"skip_inference": True}))
    result = run(config.model_copy(update={"skip_training": True}))
    assert result.run_folder == trained.run_folder
    assert result.counts is not None


def test_run__skip_training_without_a_run__says_what_to_do(config: PipelineConfig) -> None:
    with pytest.raises(CheckpointError, match="train first"):
        run(config.model_copy(update={"skip_training": True}))


def test_run__asset_added_after_training__is_not_taken_for_a_test_image(
    config: PipelineConfig,
) -> None:
    run(config.model_copy(update={"skip_inference": True}))
    build_dataset(config.data_dir / "later", num_assets=3)
    result = run(config.model_copy(update={"skip_training": True}))
    assert result.counts is not None
    assert result.counts.suite["all"]["num_images"] == 2
