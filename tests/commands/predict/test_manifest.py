"""Tests for `gapjunction.commands.predict.manifest`."""

import json
from pathlib import Path

import pytest

from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.manifest import (
    claim_output,
    read_earlier_spans,
    read_earlier_views,
)
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.prediction.channel_decisions import TakenChannel
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.model import Model
from gapjunction.prediction.shown_size import ShownSize, SizeVerdicts
from gapjunction.prediction.views import EarlierViews, Views

VERDICTS = SizeVerdicts(frozenset({0.5}), {0.8: "9 objects are seen without it and 0 with it"})

PLACE, TAKEN = "(1 red, 2 green)", TakenChannel(channel=2, name="green", stain=(0.1, 1.0))


def claimed(output: Path, folder: Path, threshold: float | None = None) -> None:
    model = Model.load(folder, device="cpu")
    rule = CountingRule.of(model.config, threshold, None)
    config = PredictConfig(input=Path("images"), output=output)
    shown_size = ShownSize(None, 0.5, None, VERDICTS)
    views = Views([], shown_size, {PLACE: TAKEN})
    claim_output(config, model, rule, views, SharedRange({"a/b": 900.0}))


def test_read_earlier__what_was_claimed__is_what_is_read(tmp_path: Path, checkpoint: Path) -> None:
    claimed(tmp_path / "out", checkpoint)
    earlier = EarlierViews(0.5, VERDICTS, {PLACE: TAKEN})
    assert read_earlier_views(tmp_path / "out") == earlier
    assert read_earlier_spans(tmp_path / "out") == {"a/b": 900.0}


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"pixel_sizes": 1}'])
def test_read_earlier__nothing_that_can_be_read__is_nothing(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    assert read_earlier_views(tmp_path) == EarlierViews()
    assert not read_earlier_spans(tmp_path)


def test_claim_output__another_threshold__is_taken_down_not_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    claimed(tmp_path / "out", checkpoint)
    claimed(tmp_path / "out", checkpoint, threshold=0.75)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["threshold"], manifest["lowest_score"]) == (0.75, 0.75)
    assert manifest["threshold_fitted"] == 0.5085
