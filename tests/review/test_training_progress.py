"""Tests for `gapjunction.review.training_progress`."""

from pathlib import Path
from typing import Any

import pytest

from gapjunction.review.training_job import JobStatus, Scores
from gapjunction.review.training_progress import progress_facts

HEAD = "epoch,loss_a,loss_b,val_loss_a,val_f1,val_count_error,seconds\n"
START = "0,,,0.9,0.5,0.4,2\n"
TRAINING = JobStatus(step="training")


def write_run(folder: Path, tables: dict[str, str], num_folds: int = 1, most: int = 10) -> None:
    """Write the tables of a run in the folder of a job, by the folder that each is in."""
    run = folder / "run"
    for place, rows in tables.items():
        (run / place).mkdir(parents=True, exist_ok=True)
        (run / place / "history.csv").write_text(HEAD + rows)
    (run / "settings.yaml").write_text(f"training:\n  max_epochs: {most}\nnum_folds: {num_folds}\n")


def test_progress_facts__one_training__names_the_numbers_of_its_last_epoch(tmp_path: Path) -> None:
    write_run(tmp_path, {"": START + "1,1,1,0.8,0.6,0.3,60\n2,0.5,0.25,0.7,0.75,0.125,60\n"})
    facts = progress_facts(TRAINING, tmp_path)
    assert facts["message"] == "Training"
    assert facts["share"] == 0.2
    assert facts["numbers"] == [
        ("epoch", "2 of 10"),
        ("loss", "0.750"),
        ("loss, held out", "0.700"),
        ("F1", "0.750"),
        ("count error, share", "0.125"),
        ("time left, at most", "8 min"),
    ]
    assert facts["curves"][0] == {"epoch": 0, "loss": None, "f1": 0.5}


def test_progress_facts__folds__counts_all_of_them_and_what_comes_after(tmp_path: Path) -> None:
    rows = START + "1,1,1,0.8,0.6,0.3,90\n2,1,1,0.8,0.6,0.3,90\n"
    tables = {"folds/1": rows, "folds/2": START + "1,1,1,0.8,0.7,0.3,90\n"}
    write_run(tmp_path, tables, num_folds=3, most=2)
    facts = progress_facts(TRAINING, tmp_path)
    assert facts["message"] == "Training: fold 2"
    assert facts["share"] == 3 / 8
    assert dict(facts["numbers"])["time left, at most"] in ("7 min", "8 min")
    write_run(tmp_path, {"folds/final": START}, num_folds=3, most=2)
    assert progress_facts(TRAINING, tmp_path)["message"] == "Training: all images"


def test_progress_facts__before_the_first_epoch__says_no_time(tmp_path: Path) -> None:
    write_run(tmp_path, {"": START})
    facts = progress_facts(TRAINING, tmp_path)
    assert [name for name, _ in facts["numbers"]] == [
        "epoch",
        "loss, held out",
        "F1",
        "count error, share",
    ]
    assert facts["share"] == 0


def test_progress_facts__long_epochs__are_told_in_hours(tmp_path: Path) -> None:
    write_run(tmp_path, {"": START + "1,1,1,0.8,0.6,0.3,3600\n"}, most=3)
    assert dict(progress_facts(TRAINING, tmp_path)["numbers"])["time left, at most"] == "2 h 0 min"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({}, "Starting"),
        ({"step": "predicting"}, "Predicting the rest again"),
        ({"state": "failed"}, "gapjunction: no room"),
        ({"state": "failed", "message": "its process has ended"}, "its process has ended"),
        ({"state": "cancelled", "message": "cancelled"}, "cancelled"),
        ({"state": "done"}, ""),
    ],
)
def test_progress_facts__whatever_the_log_says__message_is_one_line(
    tmp_path: Path, status: dict[str, Any], message: str
) -> None:
    (tmp_path / "log.txt").write_text("    3  0.51  0.62\ngapjunction: no room\n")
    facts = progress_facts(JobStatus(**status), tmp_path)
    assert (facts["message"], facts["numbers"], facts["share"]) == (message, [], None)


def test_progress_facts__done__tells_before_and_after(tmp_path: Path) -> None:
    before, after = (Scores(num_images=2, f1=f1, count_error=1 - f1) for f1 in (0.5, 0.75))
    status = JobStatus(state="done", before=before, after=after)
    assert progress_facts(status, tmp_path)["change"] == [
        ("animals kept for testing", "before", "after"),
        ("F1", "0.500", "0.750"),
        ("count error", "0.500", "0.250"),
    ]
