"""Tests for `gapjunction.review.training`, `training_plan` and `training_job`."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from builders import build_dataset, write_json_file
from gapjunction.dataset.splits import read_assignment
from gapjunction.review import training
from gapjunction.review.outcome import OperationRefused
from gapjunction.review.training import TrainingRequest, Trainings, newest_predictions, preset_of
from gapjunction.review.training_job import (
    Job,
    JobStatus,
    Scores,
    commands_of,
    read_status,
    run_job,
    scores_on,
    write_status,
)
from gapjunction.review.training_plan import plan_training, splits_path
from review_cases import detection_file, predicted_dataset

PATIENCE_S = 60


def job_folder(root: Path, **what: Any) -> Path:
    """Write a job of a dataset, as a server does."""
    folder = root / ".review" / "training" / "20260101"
    job = Job(data=root, splits=splits_path(root), **what)
    write_json_file(folder / "job.json", job.model_dump(mode="json"))
    write_status(folder, JobStatus())
    return folder


def write_found(folder: Path, root: Path) -> None:
    """Write predictions that are the annotations, but for one box of the first image."""
    for path in sorted(root.rglob("*_bbox.json")):
        [(stem, boxes)] = json.loads(path.read_text()).items()
        found = boxes[1:] if stem.startswith("0_0") else boxes
        scored = {stem: [each | {"score": 0.9} for each in found]}
        write_json_file(folder / "detections" / path.name, scored)
    write_json_file(folder / "manifest.json", {"threshold": 0.5})


def test_plan_training__predicted_image__is_not_trained_on(tmp_path: Path) -> None:
    plan = plan_training(predicted_dataset(tmp_path / "data"))
    kept = sum(2 - (asset == "asset_0") for _, asset in plan.kept)
    assert len(plan.kept) == 1
    assert (plan.num_images, plan.num_animals) == (5 - kept, 2)


def test_plan_training__assets_of_one_animal__are_one(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    for number in range(3):
        path = root / "Assets" / f"asset_{number}" / "asset_metadata.json"
        write_json_file(path, {"animal": "rat 7"})
    assert plan_training(root).num_animals == 1


def test_begin__asset_kept_for_testing__stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build_dataset(tmp_path / "data")
    monkeypatch.setattr(training, "_started", lambda _: FakeProcess())
    trainings = Trainings(root, None)
    first = trainings.begin(TrainingRequest(epochs=2))
    assert read_assignment(splits_path(root)).assets_in("test") == list(first.kept)
    build_dataset(tmp_path / "more", num_assets=9)
    for asset in (tmp_path / "more" / "Assets").iterdir():
        if asset.name[-1] not in "012":
            asset.rename(root / "Assets" / asset.name)
    assert set(first.kept) <= set(plan_training(root).kept)


def test_begin__one_under_way__is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = build_dataset(tmp_path / "data")
    monkeypatch.setattr(training, "_started", lambda _: FakeProcess())
    trainings = Trainings(root, None)
    trainings.begin(TrainingRequest())
    with pytest.raises(OperationRefused, match="under way"):
        Trainings(root, None).begin(TrainingRequest())


def test_begin__nothing_done__is_refused(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data", num_assets=1, images_per_asset=1)
    detection_file(root, "0_0").unlink()
    with pytest.raises(OperationRefused, match="no image to train on is done yet"):
        Trainings(root, None).begin(TrainingRequest())


def test_cancel__real_process__is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = build_dataset(tmp_path / "data")
    sleeper = "import time; time.sleep(1000)"
    monkeypatch.setattr(
        training,
        "_started",
        lambda _: subprocess.Popen([sys.executable, "-c", sleeper], start_new_session=True),
    )
    trainings = Trainings(root, None)
    trainings.begin(TrainingRequest())
    assert trainings.facts()["state"] == "running"
    trainings.cancel()
    assert trainings.facts()["state"] == "cancelled"
    with pytest.raises(OperationRefused, match="no training is under way"):
        trainings.cancel()


def test_cancel__process_that_is_no_job__is_left_alone(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    write_status(job_folder(root), JobStatus(pid=other.pid, host=socket.gethostname()))
    with pytest.raises(OperationRefused, match=f"end process {other.pid} on"):
        Trainings(root, None).cancel()
    assert other.poll() is None
    other.communicate(b"\n")


def test_facts__process_gone__has_failed(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write_status(job_folder(root), JobStatus(pid=ended.pid, host=socket.gethostname()))
    assert Trainings(root, None).facts()["state"] == "failed"


def test_facts__history_of_a_run__becomes_curves(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    folder = job_folder(root)
    write_status(folder, JobStatus(pid=os.getppid(), step="training"))
    (folder / "run").mkdir()
    (folder / "run" / "history.csv").write_text(
        "epoch,loss_a,loss_b,val_f1\n0,,,0.5\n1,0.25,0.5,0.75\n"
    )
    facts = Trainings(root, None).facts()
    assert facts["message"] == "Training"
    assert [(each["loss"], each["f1"]) for each in facts["curves"]] == [
        (None, 0.5),
        (0.75, 0.75),
    ]


def test_newest_predictions__training_that_failed__has_none(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    folder = job_folder(root)
    write_found(folder / "predictions", root)
    write_status(folder, JobStatus(state="failed"))
    assert newest_predictions(root) is None
    write_status(folder, JobStatus(state="done"))
    assert newest_predictions(root) == folder / "predictions"


@pytest.mark.parametrize(
    ("settings", "preset"),
    [
        ("preset: best_quality\n", "best_quality"),
        ("preset: mine\n", "medium_quality"),
        ("[]", None),
    ],
)
def test_preset_of__run_folder__is_what_its_settings_tell(
    tmp_path: Path, settings: str, preset: str | None
) -> None:
    (tmp_path / "settings.yaml").write_text(settings)
    assert preset_of(tmp_path) == (preset or "medium_quality")
    assert preset_of(None) == "medium_quality"


def test_commands_of__no_animal_kept__predicts_once(tmp_path: Path) -> None:
    job = Job(data=tmp_path, splits=tmp_path / "s", weights=tmp_path / "w", epochs=4, is_quick=True)
    (_, train), (_, predict) = commands_of(job, tmp_path)
    assert train[:2] == ["train", str(tmp_path)]
    assert train[train.index("--max_epochs") + 1] == "4"
    assert train[train.index("--weights") + 1] == str(tmp_path / "w")
    assert predict[0] == "predict"


def test_scores_on__one_box_missed_of_six__by_hand(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    write_found(tmp_path / "out", root)
    scores = scores_on(root, tmp_path / "out", [("data", "asset_0")])
    assert scores == Scores(num_images=2, f1=10 / 11, count_error=0.5)
    assert scores_on(root, tmp_path / "out", [("data", "none")]) is None


def test_run_job__commands_that_work__compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build_dataset(tmp_path / "data")
    folder = job_folder(root, test_assets=[("data", "asset_0")])

    def pretend(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        if "predict" in command:
            write_found(Path(command[command.index("--output") + 1]), root)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("gapjunction.review.training_job.subprocess.run", pretend)
    status = run_job(folder)
    assert status == read_status(folder)
    assert status.state == "done"
    assert status.before == status.after == Scores(num_images=2, f1=10 / 11, count_error=0.5)


def test_run_job__command_that_fails__says_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = job_folder(build_dataset(tmp_path / "data"))

    def fail(command: list[str], **what: Any) -> subprocess.CompletedProcess[bytes]:
        what["stderr"].write(b"one\ngapjunction: no room\n\n")
        what["stderr"].flush()
        return subprocess.CompletedProcess(command, 2)

    monkeypatch.setattr("gapjunction.review.training_job.subprocess.run", fail)
    status = run_job(folder)
    assert (status.state, status.step, status.message) == (
        "failed",
        "training",
        "gapjunction: no room",
    )


@pytest.mark.slow
def test_begin__six_small_images__trains_and_predicts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where MLflow keeps its runs
    root = build_dataset(tmp_path / "data", num_assets=6, images_per_asset=1)
    trainings = Trainings(root, None)
    trainings.begin(TrainingRequest(epochs=1, quick=True))
    patience = time.monotonic() + 20 * PATIENCE_S
    while trainings.facts()["state"] == "running" and time.monotonic() < patience:
        time.sleep(1)
    facts = trainings.facts()
    assert trainings._process is not None
    trainings._process.wait(PATIENCE_S)
    assert facts["state"] == "done", facts["message"]
    assert len(facts["curves"]) == 2
    assert [row[0] for row in facts["change"]] == ["animals kept for testing", "F1", "count error"]
    predictions = newest_predictions(root)
    assert predictions is not None
    assert len(list((predictions / "detections").glob("*.json"))) == 6


class FakeProcess:
    """A process that is at work and ends when it is told to."""

    pid = os.getppid()

    def poll(self) -> None:
        """Return that it has not ended."""
