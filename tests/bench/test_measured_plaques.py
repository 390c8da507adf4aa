"""Tests for `bench.measured_plaques`."""

import numpy as np
import pandas as pd
import pytest
from bench.measured_plaques import Setting, measured_field, rayleigh_um, summary


@pytest.mark.slow
def test_measured_field__plaques_in_focus__are_nearer_the_truth_than_the_usual_way() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(measured_field(Setting("alone"), rng))
    clear = rows[(rows["length"] >= 0.5) & (rows["signal"] == 1)]
    for measure in ("area", "length", "light"):
        assert clear[f"ours {measure}"].median() == pytest.approx(1, abs=0.05)
    assert abs(clear["otsu area"].median() - 1) > 0.1


def test_summary__ratios__are_bias_and_spread_in_percent() -> None:
    columns = {f"{way} {m}": 1.1 for way in ("ours", "otsu") for m in ("area", "length", "light")}
    row = {"length": 0.5, "signal": 1.0, "snr": 20.0} | columns
    text = summary(pd.DataFrame([row, row | {"otsu area": np.nan}]))
    assert text.count("+10.0 (0.0)") == 6
    assert text.split()[-1] == "50"


def test_rayleigh_um__simulated_microscope__is_what_its_aperture_gives() -> None:
    assert rayleigh_um() == pytest.approx(0.61 * 0.519 / 1.42)
