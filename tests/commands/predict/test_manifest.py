"""Tests for `gapjunction.commands.predict.manifest`."""

import json
from pathlib import Path

import pytest

from builders import edit_json
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.manifest import (
    MAY_DIFFER,
    NOT_DECISIVE,
    OF_PLACES,
    claim_output,
    earlier_views,
    read_earlier,
)
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.errors import ConfigError
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.model import Model
from gapjunction.prediction.shown_size import ShownSize, SizeVerdicts
from gapjunction.prediction.views import EarlierViews, Views
from gapjunction.prediction_folder import Manifest, TakenChannel

VERDICTS = SizeVerdicts(frozenset({0.5}), {0.8: "9 objects are seen without it and 0 with it"})

PLACE, TAKEN = "(1 red, 2 green)", TakenChannel(channel=2, name="green", stain=(0.1, 1.0))


class LaterConfig(PredictConfig):
    """Settings of a later version, with an option that the manifest was never told of."""

    sharpen: bool = False


def claimed(
    output: Path,
    folder: Path,
    threshold: float | None = None,
    config: PredictConfig | None = None,
    span: float = 900.0,
) -> None:
    model = Model.load(folder, device="cpu")
    rule = CountingRule.of(model.config, threshold, None)
    config = config or PredictConfig(input=Path("images"), output=output)
    views = Views([], ShownSize(None, 0.5, None, VERDICTS), {PLACE: TAKEN})
    claim_output(config, model, rule, views, SharedRange({"a/b": span}))


def test_read_earlier__what_was_claimed__is_what_is_read(tmp_path: Path, checkpoint: Path) -> None:
    claimed(tmp_path / "out", checkpoint)
    earlier = read_earlier(tmp_path / "out")
    assert earlier_views(earlier) == EarlierViews(0.5, VERDICTS, {PLACE: TAKEN})
    assert earlier.shared_spans == {"a/b": 900.0}


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"pixel_sizes": 1}'])
def test_read_earlier__nothing_that_can_be_read__is_nothing(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    assert read_earlier(tmp_path) == Manifest()
    assert earlier_views(Manifest()) == EarlierViews()


def test_claim_output__lists_of_exceptions__name_what_there_is() -> None:
    assert set(PredictConfig.model_fields) > NOT_DECISIVE
    assert set(Manifest.model_fields) > MAY_DIFFER | set(OF_PLACES)


def test_claim_output__same_settings__goes_on(tmp_path: Path, checkpoint: Path) -> None:
    claimed(tmp_path / "out", checkpoint)
    before = read_earlier(tmp_path / "out")
    claimed(tmp_path / "out", checkpoint)
    assert read_earlier(tmp_path / "out") == before


@pytest.mark.parametrize("before", [PredictConfig, LaterConfig])
def test_claim_output__option_that_nobody_thought_of__makes_older_results_invalid(
    tmp_path: Path, checkpoint: Path, before: type[PredictConfig]
) -> None:
    output = tmp_path / "out"
    claimed(output, checkpoint, config=before(input=Path("images"), output=output))
    later = LaterConfig(input=Path("images"), output=output, sharpen=True)
    with pytest.raises(ConfigError, match="found predictions made with another --sharpen"):
        claimed(output, checkpoint, config=later)


def test_claim_output__another_span_of_an_asset__is_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    claimed(tmp_path / "out", checkpoint)
    with pytest.raises(ConfigError, match="another range in a/b"):
        claimed(tmp_path / "out", checkpoint, span=800.0)


@pytest.mark.parametrize("key", ["settings", "estimated_scale", "shared_spans"])
def test_claim_output__manifest_that_lacks_a_key__is_of_another_version(
    tmp_path: Path, checkpoint: Path, key: str
) -> None:
    claimed(tmp_path / "out", checkpoint)
    edit_json(tmp_path / "out" / "manifest.json", **{key: None})
    with pytest.raises(ConfigError, match="a manifest of another version, or a damaged one"):
        claimed(tmp_path / "out", checkpoint)


def test_claim_output__another_threshold__is_taken_down_not_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    claimed(tmp_path / "out", checkpoint)
    claimed(tmp_path / "out", checkpoint, threshold=0.75)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["threshold"], manifest["lowest_score"]) == (0.75, 0.75)
    assert manifest["threshold_fitted"] == 0.5085
