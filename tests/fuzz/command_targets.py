"""Whole commands on a dataset, predictions and a model, of which one file is damaged."""

from pathlib import Path

from fuzz.annotation_targets import NAME, small_dataset
from fuzz.target import Attempt, Target, command
from group_cases import build_study_data, write_predictions
from stack_cases import TWO_PLAQUES, build_stacks
from tiny_detectors import save_untrained

FOUND, MODEL = "found", "model"
_TRUTH = ("--ground_truth_dir", f"{{i}}/{NAME}", "--predictions_dir", f"{{i}}/{FOUND}")


def command_targets() -> list[Target]:
    """Return a target for each command that reads what others wrote."""
    return [
        Target("validate", small_dataset, command("validate", f"{{i}}/{NAME}"), share=0.4),
        Target("convert", small_dataset, _convert(), share=0.3),
        Target("convert to labelme", small_dataset, _convert_to("labelme"), share=0.2),
        Target("convert to coco", small_dataset, _convert_to("coco"), share=0.2),
        Target("measure", _fill_study, _measure(), share=0.1),
        Target("report", _fill_study, _report(), share=0.15),
        Target(
            "benchmark counts",
            _fill_study,
            command("benchmark", "counts", *_TRUTH),
            share=0.2,
        ),
        Target(
            "benchmark detection",
            _fill_study,
            command("benchmark", "detection", *_TRUTH),
            share=0.1,
        ),
        Target(
            "benchmark stacks",
            _fill_stacks,
            command("benchmark", "stacks", *_TRUTH),
            share=0.15,
        ),
        Target("predict", _fill_predict, _predict(), share=0.15, is_whole=False),
    ]


def _convert() -> Attempt:
    return command("convert", f"{{i}}/{NAME}", "--output", "{o}")


def _convert_to(name: str) -> Attempt:
    return command("convert", f"{{i}}/{NAME}", "{o}", "--to", name)


def _report() -> Attempt:
    found = ("--predictions", f"{{i}}/{FOUND}", "--num_permutations", "1000")
    return command("report", f"{{i}}/{NAME}", "--output", "{o}", *found)


def _measure() -> Attempt:
    return command("measure", f"{{i}}/{NAME}", "--output", "{o}")


def _predict() -> Attempt:
    model = ("--checkpoint", f"{{i}}/{MODEL}", "--num_gpus", "0")
    return command("predict", f"{{i}}/{NAME}", "--output", "{o}", *model)


def _fill_study(folder: Path) -> None:
    root = build_study_data(folder / NAME, num_assets=2)
    write_predictions(root, folder / FOUND)


def _fill_stacks(folder: Path) -> None:
    root = build_stacks(folder / NAME, a=TWO_PLAQUES, b=TWO_PLAQUES)
    write_predictions(root, folder / FOUND)


def _fill_predict(folder: Path) -> None:
    small_dataset(folder)
    save_untrained(folder / MODEL)
