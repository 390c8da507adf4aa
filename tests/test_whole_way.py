"""The whole way as a user types it, in processes of its own; minutes long."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset
from gapjunction.boxes import overlapping_pairs
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.files import sha256_of
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.simulation.generator import draw_subject, simulate_image
from gapjunction.simulation.imaging_model import RAT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script or module of ours from the repository's root."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def pipeline_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the pipeline on the shipped data, shorter than it usually is."""
    output = tmp_path_factory.mktemp("pipeline")
    answer = call(
        "scripts/train_pipeline.py",
        *("--presets", "medium_quality", "--max_epochs", 8),
        *("--output_dir", output, "--mlflow_dir", output / "mlflow"),
    )
    assert answer.returncode == 0, answer.stderr
    (output / "stdout.txt").write_text(answer.stdout)
    return output


def value_after(text: str, name: str) -> float:
    line = next(line for line in text.splitlines() if line.startswith(name))
    return float(line.removeprefix(name))


def test_train_pipeline__shipped_data__finds_plaques_of_test_images(pipeline_output: Path) -> None:
    shown = (pipeline_output / "stdout.txt").read_text()
    assert value_after(shown, "F1 at IoU 0.5") >= 0.85


@pytest.mark.xfail(
    reason="granules around two clumps of lipofuscin, in two of 20 slices, count as plaques",
    strict=True,
)
def test_train_pipeline__shipped_data__counts_test_images(pipeline_output: Path) -> None:
    shown = (pipeline_output / "stdout.txt").read_text()
    assert value_after(shown, "count error (MAPE), %") <= 12


def test_train_pipeline__skip_training__gives_the_same_table(pipeline_output: Path) -> None:
    answer = call(
        *("scripts/train_pipeline.py", "--skip_training"),
        *("--output_dir", pipeline_output, "--mlflow_dir", pipeline_output / "mlflow"),
    )
    table = (pipeline_output / "stdout.txt").read_text().split("\n\n")[0]
    assert answer.stdout.startswith(table)


def test_train_pipeline__count_benchmark__leads_to_the_training_run(pipeline_output: Path) -> None:
    with closing(sqlite3.connect(pipeline_output / "mlflow" / "mlflow.db")) as database:
        runs = database.execute(
            "SELECT runs.run_uuid FROM runs JOIN experiments USING (experiment_id) "
            "WHERE experiments.name = 'training'"
        ).fetchall()
        tags = database.execute("SELECT value FROM tags WHERE key = 'training_run_id'").fetchall()
    assert len(runs) == 1
    assert set(tags) == set(runs)


def test_predict__crowded_image_over_several_tiles__finds_hundreds_and_none_twice(
    pipeline_output: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    subject = replace(draw_subject(RAT.subjects, 0, rng), density_factor=3.0)
    crowded = simulate_image(RAT, subject, 1024, rng)
    Image.fromarray(crowded.pixels).save(tmp_path / "crowded.png")
    checkpoint = next(pipeline_output.glob("train_*"))
    run(
        PredictConfig(
            input=tmp_path / "crowded.png", checkpoint=checkpoint, output=tmp_path / "out"
        )
    )
    file = read_detection_file(tmp_path / "out" / "detections" / "crowded_bbox.json")
    found = file.as_detections(["gap_junction"])
    count = len(crowded.boxes)
    truth = Detections(crowded.boxes, np.ones(count, np.float32), np.zeros(count, np.int64))
    assert count > 300
    assert score_detections([truth], [found]).recall > 0.85
    first, second, iou = overlapping_pairs(found.boxes, found.boxes)
    assert not ((iou > 0.5) & (first < second)).any()


def test_train_and_predict__one_thread_twice__give_the_same_bytes(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "set", num_assets=3)
    for name in ("first", "second"):
        run_folder = tmp_path / name
        trained = call(
            *("scripts/train.py", data, "--presets", "medium_quality", "--max_epochs", 1),
            *("--output", run_folder, "--mlflow_dir", tmp_path / "mlflow"),
            OMP_NUM_THREADS="1",
        )
        assert trained.returncode == 0, trained.stderr
        call(
            *("scripts/inference.py", data, "--checkpoint", run_folder, "--min_score", 0.01),
            *("--output", run_folder / "out"),
            OMP_NUM_THREADS="1",
        )
    first = {p.name: sha256_of(p) for p in (tmp_path / "first/out/detections").iterdir()}
    second = {p.name: sha256_of(p) for p in (tmp_path / "second/out/detections").iterdir()}
    assert len(first) == 6
    assert first == second


def test_train__killed_and_resumed__goes_on_from_the_last_epoch(tmp_path: Path) -> None:
    data = build_dataset(tmp_path / "set", num_assets=3)
    folder = tmp_path / "run"
    command = ["-m", "gapjunction", "train", str(data), "--output", str(folder)]
    options = ["--presets", "medium_quality", "--max_epochs", "3", "--batch_size", "32"]
    options += ["--folds", "1", "--rehearse", "0"]
    killed = subprocess.Popen([sys.executable, *command, *options], stderr=subprocess.DEVNULL)
    wait_for(folder / "state.pt")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    epoch_before = last_epoch(folder / "history.csv")
    store = tmp_path / "mlflow"
    answer = call(
        *("-m", "gapjunction", "train", "--resume", "--output", folder, "--mlflow_dir", store)
    )
    assert answer.returncode == 0, answer.stderr
    assert f"going on after epoch {epoch_before}" in answer.stderr
    assert last_epoch(folder / "history.csv") == 3


def test_predict__killed__leaves_only_whole_files_and_goes_on(
    pipeline_output: Path, tmp_path: Path
) -> None:
    checkpoint, output = next(pipeline_output.glob("train_*")), tmp_path / "out"
    command = ["-m", "gapjunction", "predict", "data", "--checkpoint", str(checkpoint)]
    command += ["--output", str(output), "--overlays"]
    killed = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_for(output / "intervals")
    time.sleep(1)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    for path in (output / "detections").glob("[!.]*.json"):
        read_detection_file(path)
    for path in (output / "overlays").glob("[!.]*.png"):
        Image.open(path).load()
    finished = len(list((output / "intervals").glob("[!.]*.json")))
    answer = call(*command)
    assert finished < 120
    assert f"({finished} finished already" in answer.stdout
    assert not list(output.rglob(".*partial*"))


def last_epoch(history: Path) -> int:
    return int(history.read_text().splitlines()[-1].split(",")[0])


def wait_for(path: Path, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.05)
