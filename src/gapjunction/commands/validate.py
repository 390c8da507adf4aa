"""Check datasets and list everything that is wrong, without changing anything."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from os import cpu_count
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from pydantic import Field

from gapjunction.commands.asked_planes import plane_choice
from gapjunction.commands.options import (
    ChannelOption,
    SceneOption,
    TimeOption,
    ZAxisOption,
    ZOption,
)
from gapjunction.commands.validate_files import InspectedFiles, image_files, inspect_files
from gapjunction.config import StrictConfig
from gapjunction.dataset.reader import find_datasets, inspect_dataset
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.rules import Problem, Severity, check_stems
from gapjunction.errors import ConfigError, DatasetError, ImageError
from gapjunction.files import write_json
from gapjunction.images.locations import is_zarr
from gapjunction.images.microscope_files import READABLE_SUFFIXES
from gapjunction.images.pictures import read_picture
from gapjunction.terminal import tracked
from gapjunction.text import counted
from gapjunction.version import __version__

MAX_THREADS = 4  # each decodes one image: up to 2 GB for 100 million pixels


class ValidateConfig(StrictConfig):
    """Settings of a check."""

    data: Path = Field(
        Path("data"),
        description="Dataset, folder of datasets, a zip file of either, or image and microscope "
        "files.",
        json_schema_extra={"positional": True},
    )
    report: Path | None = Field(
        None, description="Also write the problems of datasets to this JSON file."
    )
    channel: ChannelOption = ()
    z: ZOption = None
    z_axis: ZAxisOption = "z"
    time: TimeOption = None
    scene: SceneOption = None


@dataclass(frozen=True, slots=True)
class ValidateResult:
    """Everything wrong with the datasets, and how much was looked at."""

    num_datasets: int
    num_assets: int
    num_images: int
    num_boxes: int
    problems: tuple[Problem, ...]

    def of(self, severity: Severity) -> tuple[Problem, ...]:
        """Return the problems of one severity."""
        return tuple(problem for problem in self.problems if problem.severity == severity)

    @property
    def exit_code(self) -> int:
        """1 if there are errors, else 0."""
        return 1 if self.of("error") else 0

    def __str__(self) -> str:
        lines = []
        titles: tuple[tuple[str, Severity], ...] = (("Errors", "error"), ("Warnings", "warning"))
        for title, severity in titles:
            problems = self.of(severity)
            if problems:
                lines += [f"{title}:", *(f"  {problem}" for problem in problems), ""]
        seen = ", ".join(
            counted(number, noun)
            for number, noun in (
                (self.num_datasets, "dataset"),
                (self.num_assets, "asset"),
                (self.num_images, "image"),
                (self.num_boxes, "box"),
            )
        )
        errors, warnings = len(self.of("error")), len(self.of("warning"))
        wrong = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
        return "\n".join([*lines, f"{seen}: {wrong}"])


def run(config: ValidateConfig) -> ValidateResult | InspectedFiles:
    """Check every dataset in `config.data`, down to decoding each image; else every image file.

    Raises:
        DatasetError: if there is neither.
        ConfigError: if an option is for the other of the two.
    """
    choice = plane_choice(config)
    if is_zarr(config.data):
        _refuse(config.report is not None, "--report", "a dataset")
        return inspect_files([config.data], choice)
    try:
        roots = find_datasets(config.data)
    except DatasetError:
        files = image_files(config.data)
        if config.data.is_file() and not files and not is_zipfile(config.data):
            raise _neither(config.data) from None
        if not files:
            raise
        _refuse(config.report is not None, "--report", "a dataset")
        return inspect_files(files, choice)
    _refuse(not choice.is_empty, "--channel, --z, --time or --scene", "image files")
    return _check_datasets(config, roots)


def _neither(path: Path) -> DatasetError:
    return DatasetError(
        path,
        expected="a dataset (a folder or a zip file), or an image or microscope file "
        f"({', '.join(READABLE_SUFFIXES)})",
        found="another file",
        fix="check the path; a TIFF that is called otherwise is read once it is renamed",
    )


def _refuse(is_given: bool, option: str, kind: str) -> None:
    if is_given:
        raise ConfigError(
            option, expected=f"{kind} to check", found="none", fix="leave the option out"
        )


def _check_datasets(config: ValidateConfig, roots: Sequence[Path]) -> ValidateResult:
    datasets: list[Dataset] = []
    problems: list[Problem] = []
    for root in roots:
        dataset, found = inspect_dataset(root)
        problems += found
        if dataset is not None:
            datasets.append(dataset)
    problems += check_stems(datasets)
    problems += _undecodable(datasets)
    result = ValidateResult(
        num_datasets=len(roots),
        num_assets=sum(len(dataset.assets) for dataset in datasets),
        num_images=sum(1 for dataset in datasets for _ in dataset.images()),
        num_boxes=sum(len(i.boxes) for dataset in datasets for i in dataset.images()),
        problems=tuple(problems),
    )
    if config.report is not None:
        write_json(config.report, _report(result))
    return result


def _undecodable(datasets: Sequence[Dataset]) -> list[Problem]:
    """Decode every image and mask; return the problems in the order of the files."""
    images = [image for dataset in datasets for image in dataset.images()]
    paths = [image.path for image in images] + [i.mask_path for i in images if i.mask_path]
    with ThreadPoolExecutor(min(MAX_THREADS, cpu_count() or 1)) as pool:
        found: Iterable[Problem | None] = pool.map(_decode, paths)
        checked = tracked(found, "Decoding images", len(paths))
        return [problem for problem in checked if problem is not None]


def _decode(path: Path) -> Problem | None:
    try:
        read_picture(path)
    except ImageError as error:
        return Problem.from_error(error)
    return None


def _report(result: ValidateResult) -> dict[str, Any]:
    return {
        "package_version": __version__,
        "num_datasets": result.num_datasets,
        "num_assets": result.num_assets,
        "num_images": result.num_images,
        "num_boxes": result.num_boxes,
        "errors": [_as_json(problem) for problem in result.of("error")],
        "warnings": [_as_json(problem) for problem in result.of("warning")],
    }


def _as_json(problem: Problem) -> dict[str, str]:
    return {
        name: _as_utf8(str(value)) for name, value in asdict(problem).items() if name != "severity"
    }


def _as_utf8(text: str) -> str:
    """Return a text, with escapes for what is no UTF-8 in the names of files."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
