"""Tests for `gapjunction.commands.train` and the files that a run leaves."""

import json
import logging
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import yaml
from PIL import Image

from builders import add_image, build_dataset
from gapjunction import cli
from gapjunction.brightness import Brightness
from gapjunction.cli import USER_ERROR
from gapjunction.commands.train import run
from gapjunction.dataset.splits import Assignment
from gapjunction.errors import CheckpointError, ConfigError, DatasetError, DeviceError, ImageError
from gapjunction.locks import alone_in
from gapjunction.models.checkpoint import load_checkpoint, save_config
from gapjunction.presets import PRESETS
from gapjunction.runs.begin import begin_run
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.data import TrainingData
from gapjunction.runs.epoch_table import EpochTable
from gapjunction.runs.resume import read_begun_run
from gapjunction.salience import Salience
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.training.config import TrainingConfig
from stack_cases import TWO_PLAQUES, build_stacks
from tiny_detectors import tiny_trainings

pytestmark = pytest.mark.usefixtures("tiny_preset")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "data", num_assets=4)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run that nobody may change, of data that nobody changes."""
    folder = tmp_path_factory.mktemp("begun")
    with tiny_trainings(folder):
        data = build_dataset(folder / "data", num_assets=4)
        return run(TrainConfig(folds=1, data=(data,), output=folder / "run")).run_folder


@pytest.mark.long
@pytest.mark.usefixtures("drawn_figures")
def test_run__leaves_a_run_folder_that_explains_itself(tmp_path: Path, data: Path) -> None:
    result = run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {
        "model.safetensors",
        "config.json",
        "settings.yaml",
        "splits.json",
        "MODEL_CARD.md",
        "history.csv",
        "curves.png",
        "state.pt",
    }
    assert result.num_epochs == 2
    assert len((tmp_path / "run" / "history.csv").read_text().splitlines()) == 4
    facts = yaml.safe_load((tmp_path / "run" / "MODEL_CARD.md").read_text().split("---")[1])
    assert facts["model_version"] == result.version
    assert facts["class_names"] == ["gap_junction"]
    assert facts["score_threshold"] == load_checkpoint(tmp_path / "run").config.score_threshold
    assert len(facts["data_fingerprint"]) == 64
    calibration = load_checkpoint(tmp_path / "run").config.calibration
    assert calibration.num_images == facts["num_calibration_images"]


def last_is_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the last epoch, as these trainings are too short to be better than their start."""
    for module in ("fit", "recorder"):
        monkeypatch.setattr(f"gapjunction.runs.{module}.best_record", lambda all_: all_[-1])


@pytest.mark.long
def test_run__few_validation_images__fits_scores_to_training_images_too(
    tmp_path: Path,
    data: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    last_is_best(monkeypatch)
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    card = (tmp_path / "run" / "MODEL_CARD.md").read_text()
    facts = yaml.safe_load(card.split("---")[1])
    num_trained_on = facts["num_train_images"]
    assert facts["num_calibration_images"] == num_trained_on + facts["num_val_images"]
    assert f"({num_trained_on} of them trained on)" in card.replace("\n", " ")
    assert f"of which {num_trained_on} were trained on" in caplog.text
    fitted = load_checkpoint(tmp_path / "run").config
    assert fitted.known is not None
    assert fitted.known.num_images == facts["num_calibration_images"]
    with patch.object(TrainingData, "to_calibrate_on", lambda own: own.val):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "other"))
    validated = load_checkpoint(tmp_path / "other").config
    assert fitted.calibration != validated.calibration


@pytest.mark.long
def test_run__stopped_while_fitting_scores__goes_on_with_that(
    tmp_path: Path,
    data: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last_is_best(monkeypatch)
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "whole"))
    broken = tmp_path / "broken"
    with (
        patch("gapjunction.runs.fit.calibrate_detector", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        run(TrainConfig(folds=1, data=(data,), output=broken))
    assert "go on with: gapjunction train --resume" in caplog.text
    run(TrainConfig(output=broken, resume=True))
    whole, resumed = (load_checkpoint(tmp_path / name).config for name in ("whole", "broken"))
    assert resumed == whole


@pytest.mark.parametrize(
    ("num_train", "num_val", "num_added"), [(12, 3, 12), (32, 8, 22), (100, 30, 0), (100, 40, 0)]
)
def test_to_calibrate_on__few_validation_images__adds_training_images(
    num_train: int, num_val: int, num_added: int
) -> None:
    train, val = (
        tuple(
            TrainingImage(Path(f"{name}_{n}.png"), np.zeros((0, 4), np.float32), np.zeros(0, int))
            for n in range(num)
        )
        for name, num in (("train", num_train), ("val", num_val))
    )
    nothing = Assignment(0, 0.2, 0.2, {})
    data = TrainingData({}, (), (), nothing, train, val, (*train, *val), None, 0, False, "")
    chosen = data.to_calibrate_on()
    assert chosen[:num_val] == val
    assert len(chosen) == num_val + num_added
    assert len(set(chosen[num_val:]) & set(train)) == num_added
    assert replace(data, is_validated_on_training=True).to_calibrate_on() == val


@pytest.mark.long
def test_run__two_classes__are_learnt_in_the_order_of_the_labels(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "data", class_names=("gap_junction", "lipofuscin"))
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    checkpoint = load_checkpoint(tmp_path / "run")
    assert checkpoint.config.class_names == ("gap_junction", "lipofuscin")
    assert checkpoint.detector.num_classes == 2


@pytest.mark.long
def test_run__one_seed__gives_the_same_weights(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The start, which is the same for all seeds, may well be better than what they end with.
    for module in ("training.loop", "runs.recorder", "runs.card"):
        monkeypatch.setattr(f"gapjunction.{module}.best_record", lambda all_: all_[-1])
    versions = {
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / name, seed=3)).version
        for name in ("first", "second")
    }
    other = run(TrainConfig(folds=1, data=(data,), output=tmp_path / "third", seed=4))
    assert len(versions) == 1
    assert other.version not in versions


@pytest.mark.long
def test_run__no_epoch_better_than_the_start__leaves_it_as_it_was(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = tmp_path / "start"
    run(TrainConfig(folds=1, data=(data,), output=start, from_scratch=True))
    known = {"channel": ("green",), "stain": (0.1, 1.0, 0.2), "brightness": Brightness(slope=0.5)}
    save_config(load_checkpoint(start).config.but(**known), start)
    for module in ("training.loop", "runs.recorder", "runs.card"):
        monkeypatch.setattr(f"gapjunction.{module}.best_record", lambda all_: all_[0])
    asked = TrainConfig(folds=1, data=(data,), output=tmp_path / "run", weights=str(start))
    run(asked)
    own, begun = load_checkpoint(tmp_path / "run"), load_checkpoint(start)
    assert own.version == begun.version
    assert own.config.score_threshold == begun.config.score_threshold
    assert own.config.calibration == begun.config.calibration
    assert own.config.channel == begun.config.channel == ("green",)
    assert own.config.stain == begun.config.stain == (0.1, 1.0, 0.2)
    assert own.config.brightness == begun.config.brightness == Brightness(slope=0.5)


@pytest.mark.long
def test_run__other_weights_than_the_start__weigh_brightness_by_their_own_fit(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = tmp_path / "start"
    run(TrainConfig(folds=1, data=(data,), output=start, from_scratch=True))
    salience = Salience(usual_doubt=0.1, odds_per_doubt=30.0, even_octaves=-1.5)
    known = {"salience": salience, "brightness": Brightness(slope=0.5)}
    save_config(load_checkpoint(start).config.but(**known), start)
    for module in ("training.loop", "runs.recorder", "runs.card", "runs.fit"):
        monkeypatch.setattr(f"gapjunction.{module}.best_record", lambda all_: all_[-1])
    fitted = Brightness(odds_per_octave=2.0)
    monkeypatch.setattr("gapjunction.runs.fitted_brightness.fit_brightness", lambda *_: fitted)
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run", weights=str(start)))
    own = load_checkpoint(tmp_path / "run").config
    assert own.salience is None
    assert own.brightness is not None
    assert own.brightness.odds_per_octave / own.brightness.slope == pytest.approx(2.0)
    assert "times with each doubling" in (tmp_path / "run" / "MODEL_CARD.md").read_text()


@pytest.mark.long
def test_run__stopped_and_resumed__ends_with_the_weights_of_a_run_without_break(
    tmp_path: Path, data: Path
) -> None:
    whole = run(TrainConfig(folds=1, data=(data,), output=tmp_path / "whole", max_epochs=3))

    def stop_in_epoch_2(_: EpochTable, epoch: int, __: float) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    broken = tmp_path / "broken"
    with (
        patch.object(EpochTable, "on_step", stop_in_epoch_2),
        pytest.raises(KeyboardInterrupt),
    ):
        run(TrainConfig(folds=1, data=(data,), output=broken, max_epochs=3))
    assert load_checkpoint(broken).config.class_names == ("gap_junction",)
    resumed = run(TrainConfig(output=broken, resume=True))
    assert resumed.num_epochs == 3
    assert resumed.version == whole.version


@pytest.mark.long
def test_run__begun_run_without_resume__is_refused(begun: Path, data: Path) -> None:
    with pytest.raises(ConfigError, match="resume that run"):
        run(TrainConfig(folds=1, data=(data,), output=begun))


@pytest.mark.long
def test_run__resumed_with_other_annotations__is_refused(tmp_path: Path, data: Path) -> None:
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    path = next(data.rglob("*_bbox.json"))
    content = json.loads(path.read_text())
    next(iter(content.values())).pop()
    path.write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match="changed images or annotations"):
        run(TrainConfig(output=tmp_path / "run", resume=True))


@pytest.mark.parametrize(
    ("name", "value"), [("max_epochs", 9), ("seed", 5), ("learning_rate", 1e-9)]
)
def test_run__resumed_with_another_setting__is_refused(
    begun: Path, name: str, value: float
) -> None:
    config = TrainConfig(output=begun, resume=True)
    with pytest.raises(ConfigError, match=f"{name}: expected the setting"):
        run(config.but(**{name: value}))


@pytest.mark.long
def test_run__learning_rate__is_remembered_by_run_and_card(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "run"
    run(TrainConfig(folds=1, data=(data,), output=folder, max_epochs=1, learning_rate=0.0125))
    settings = yaml.safe_load((folder / "settings.yaml").read_text())
    assert settings["training"]["learning_rate"] == 0.0125
    assert "learning_rate: 0.0125" in (folder / "MODEL_CARD.md").read_text()


@pytest.mark.long
@pytest.mark.parametrize("folds", ["1", "2"])
def test_run__diverged__is_one_line_that_names_the_options_and_code_2(
    tmp_path: Path, data: Path, folds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--output", str(tmp_path / "run"), "--folds", folds, "--learning_rate", "1e30"]
    assert cli.run(["train", str(data), *options]) == USER_ERROR
    *_, complaint = capsys.readouterr().err.splitlines()
    assert complaint.startswith(f"gapjunction: {tmp_path / 'run'}")
    assert "expected a training whose losses and predictions are finite numbers" in complaint
    assert "a learning rate below 1e+30 and another output (--learning_rate, --out" in complaint


@pytest.mark.long
def test_run__channel__is_remembered_by_run_and_model(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "color", num_assets=3)
    for path in data.glob("Assets/*/Raw/*.png"):
        pixels = np.asarray(Image.open(path).convert("RGB")).copy()
        pixels[:, :40, 0] //= 2  # or it would be of a single hue
        Image.fromarray(pixels).save(path)
    folder = tmp_path / "run"
    run(TrainConfig(data=(data,), output=folder, channel=("green",)))
    settings = yaml.safe_load((folder / "settings.yaml").read_text())
    assert settings["channel"] == ["green"]
    assert load_checkpoint(folder).config.channel == ("green",)
    assert "channel:\n- green" in (folder / "MODEL_CARD.md").read_text()
    run(TrainConfig(output=folder, resume=True, channel=("green",)))
    with pytest.raises(ConfigError, match=r"^channel: "):
        run(TrainConfig(output=folder, resume=True, channel=("red",)))


def test_run__resumed_with_splits__is_refused(tmp_path: Path, begun: Path) -> None:
    config = TrainConfig(output=begun, resume=True, splits=tmp_path / "none.json")
    with pytest.raises(ConfigError, match="splits: expected none where a run is resumed"):
        run(config)


@pytest.mark.long
def test_run__resumed_with_the_same_settings__goes_on(tmp_path: Path, data: Path) -> None:
    config = TrainConfig(folds=1, data=(data,), output=tmp_path / "run", max_epochs=1, seed=3)
    run(config)
    assert run(config.but(resume=True)).num_epochs == 1


def test_run__copied_model_in_the_output__is_not_overwritten(tmp_path: Path, data: Path) -> None:
    weights = tmp_path / "run" / "model.safetensors"
    weights.parent.mkdir()
    weights.write_bytes(b"somebody's")
    with pytest.raises(ConfigError, match="choose another output"):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    assert weights.read_bytes() == b"somebody's"


def test_run__folder_of_something_else__is_refused_and_left_alone(
    tmp_path: Path, data: Path
) -> None:
    notes = tmp_path / "mine" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("somebody's")
    with pytest.raises(ConfigError, match=r"found a folder with notes\.txt in it; choose another"):
        run(TrainConfig(folds=1, data=(data,), output=notes.parent))
    with pytest.raises(ConfigError, match="found a file; choose another"):
        run(TrainConfig(folds=1, data=(data,), output=notes))
    assert list(notes.parent.iterdir()) == [notes]


@pytest.mark.long
def test_run__killed_before_its_settings_were_written__is_begun_anew(
    tmp_path: Path, data: Path
) -> None:
    with (
        patch("gapjunction.runs.begin.write_text", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    (tmp_path / "run" / ".1-partial-settings.yaml").touch()
    assert [path.name for path in (tmp_path / "run").glob("[!.]*")] == ["splits.json"]
    assert run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run")).num_epochs == 2


@pytest.mark.long
def test_run__killed_before_its_first_epoch__is_gone_on_with(tmp_path: Path, data: Path) -> None:
    config = TrainConfig(folds=1, data=(data,), output=tmp_path / "run")
    with (
        patch("gapjunction.runs.fit.train", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        run(config)
    with pytest.raises(ConfigError, match="resume that run"):
        run(config)
    assert run(config.but(resume=True)).num_epochs == 2


@pytest.mark.long
def test_run__table_that_cannot_be_written__does_not_end_training(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with patch("gapjunction.runs.recorder._history", side_effect=PermissionError("open")):
        result = run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    assert result.num_epochs == 2
    assert "could not write the table" in caplog.text


def test_run__truncated_image__is_refused_before_training(tmp_path: Path, data: Path) -> None:
    image = next(data.rglob("Raw/*.png"))
    image.write_bytes(image.read_bytes()[:-200])
    with pytest.raises(ImageError, match=image.name):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run", num_workers=1))


@pytest.mark.parametrize("resume", [False, True])
def test_run__another_training_in_the_folder__is_named_and_left_alone(
    tmp_path: Path, data: Path, *, resume: bool
) -> None:
    config = TrainConfig(folds=1, data=(data,), output=tmp_path / "run", resume=resume)
    expected = pytest.raises(ConfigError, match=r"found gapjunction train \(process")
    with alone_in(tmp_path / "run", "gapjunction train"), expected:
        run(config)
    assert not (tmp_path / "run").exists()


def test_run__nothing_to_resume__is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="without resuming"):
        run(TrainConfig(output=tmp_path / "run", resume=True))


def test_run__dataset_with_errors__names_the_command_that_lists_them(
    tmp_path: Path, data: Path
) -> None:
    next(data.rglob("*_bbox.json")).write_text("{")
    with pytest.raises(DatasetError, match="gapjunction validate"):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_run__no_boxes_at_all__is_refused(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "data", boxes_per_image=0)
    with pytest.raises(DatasetError, match="annotated boxes"):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))


@pytest.mark.long
def test_run__few_images__warns(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    assert "only 4 training images" in caplog.text


@pytest.mark.long
def test_run__one_asset__validates_on_training_images_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = build_dataset(tmp_path / "data", num_assets=1)
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    assert "validating on the training images" in caplog.text
    assert (
        "is_validated_on_training_images: true" in (tmp_path / "run" / "MODEL_CARD.md").read_text()
    )


@pytest.mark.long
def test_run__no_box_in_the_validation_images__validates_on_training_images(
    tmp_path: Path, data: Path, begun: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = begun / "splits.json"
    splits = json.loads(first.read_text())
    asset = data / "Assets" / splits["assets"]["val"][0]["asset"]
    for path in asset.rglob("*_bbox.json"):
        path.write_text(json.dumps({key: [] for key in json.loads(path.read_text())}))
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "second", splits=first))
    assert "no asset with boxes is left for validation" in caplog.text


@pytest.mark.long
def test_run__nothing_learnt__says_so(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run", max_epochs=1))
    assert "learnt next to nothing" in caplog.text


def test_run__more_gpus_than_there_are__is_one_error(tmp_path: Path, data: Path) -> None:
    with (
        patch("torch.cuda.is_available", return_value=False),
        pytest.raises(DeviceError, match="num_gpus 2: expected as many CUDA GPUs"),
    ):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run", num_gpus=2))


def test_run__without_preset_on_a_machine_with_cuda__chooses_high_quality(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO),
        patch("torch.cuda.is_available", return_value=True),
        patch("torch.cuda.device_count", return_value=1),
        pytest.raises(
            CheckpointError, match=r"nowhere\.pth: expected none, shipped, coco, a run folder"
        ),
    ):
        run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run", weights="nowhere.pth"))
    assert "preset high_quality, because a CUDA GPU was found" in caplog.text
    assert not (tmp_path / "run").exists()


def test_begin_run__gpu_that_is_not_to_be_used__is_as_none(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # Only the beginning: torch built with CUDA would look for the GPU that is made up here.
    with (
        caplog.at_level(logging.INFO),
        patch("torch.cuda.is_available", return_value=True),
        patch("torch.cuda.device_count", return_value=1),
    ):
        begin_run(TrainConfig(data=(data,), output=tmp_path / "run", num_gpus=0))
    assert "preset medium_quality, because no CUDA GPU was found" in caplog.text


def test_begin_run__good_quality__trains_medium_quality_and_can_be_resumed_by_both_names(
    tmp_path: Path, data: Path
) -> None:
    folder, settings, _ = begin_run(
        TrainConfig(data=(data,), output=tmp_path / "run", presets="good_quality")
    )
    assert settings.preset == "medium_quality"
    for name in ("good_quality", "medium_quality"):
        assert read_begun_run(folder, {"presets": name})[0] == settings


@pytest.mark.parametrize(("side_px", "tile_size"), [(40, 64), (64, 64), (300, 256)])
def test_begin_run__images_smaller_than_tiles__get_tiles_that_hold_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side_px: int, tile_size: int
) -> None:
    preset = replace(PRESETS["medium_quality"], recipes={"from_scratch": TrainingConfig()})
    monkeypatch.setitem(PRESETS, "medium_quality", preset)
    root = build_dataset(tmp_path / "set", num_assets=0)
    pixels = np.zeros((32, side_px), np.uint8)
    add_image(root / "Assets" / "rat", "field", pixels, [(4, 4, 12, 12)])
    _, settings, _ = begin_run(TrainConfig(data=(root,), output=tmp_path / "run"))
    assert settings.training.tile_size == tile_size


@pytest.mark.long
def test_run__overrides__reach_the_training(tmp_path: Path, data: Path) -> None:
    run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run", max_epochs=1, batch_size=4))
    settings = yaml.safe_load((tmp_path / "run" / "settings.yaml").read_text())
    assert settings["training"]["max_epochs"] == 1
    assert settings["training"]["batch_size"] == 4


@pytest.mark.long
def test_run__annotated_stacks_without_folds__fit_plaques_to_training_stacks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_is_best(monkeypatch)
    stacks = build_stacks(tmp_path / "rats", **dict.fromkeys("abcdef", TWO_PLAQUES))
    run(TrainConfig(data=(stacks,), output=tmp_path / "run", max_epochs=1, folds=1))
    plaques = load_checkpoint(tmp_path / "run").config.plaques
    assert plaques is not None
    assert plaques.calibration.num_images == 5  # one validates, one is for testing
