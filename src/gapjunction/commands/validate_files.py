"""What `gapjunction validate` finds out about image files that belong to no dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.commands.option_names import with_all_options
from gapjunction.dataset.folders import entries, is_broken_link
from gapjunction.errors import ImageError
from gapjunction.images.chosen_images import chosen_images
from gapjunction.images.locations import ZARR_SUFFIX, is_zarr
from gapjunction.images.microscope_files import (
    READABLE_SUFFIXES,
    chosen_facts,
    opened_scenes,
    read_chosen,
)
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.images.slide import LEAST_PX
from gapjunction.terminal import tracked
from gapjunction.text import counted, is_utf8


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file, what is in each of its scenes, and what keeps it from being predicted on."""

    path: Path
    scenes: tuple[str, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InspectedFiles:
    """What was found out about all files."""

    files: tuple[InspectedFile, ...]

    @property
    def exit_code(self) -> int:
        """1 if there are errors, else 0."""
        return 1 if self._errors() else 0

    def __str__(self) -> str:
        lines = []
        for file in self.files:
            if file.scenes:
                lines += [f"{file.path}", *(f"  {scene}" for scene in file.scenes)]
        errors = self._errors()
        if errors:
            lines += ["", "Errors:", *(f"  {error}" for error in errors), ""]
        num_scenes = sum(len(file.scenes) for file in self.files)
        seen = f"{counted(len(self.files), 'file')}, {counted(num_scenes, 'scene')}"
        lines.append(f"{seen}: {counted(len(errors), 'error')}")
        return "\n".join(lines)

    def _errors(self) -> list[str]:
        return [error for file in self.files for error in file.errors]


def image_files(source: Path) -> list[Path]:
    """Return the image and microscope files directly in a folder, or the file itself.

    A folder that is an OME-Zarr image counts as a file.

    Links to files that are gone are among them, so that reading them says so.
    """
    if is_zarr(source):
        return [source]
    paths = entries(source) if source.is_dir() else [source]
    return [path for path in paths if _is_image(path)]


def _is_image(path: Path) -> bool:
    is_named = path.suffix.lower() in READABLE_SUFFIXES
    return (is_named and (path.is_file() or is_broken_link(path))) or (
        path.suffix.lower() == ZARR_SUFFIX and is_zarr(path)
    )


def inspect_files(paths: Sequence[Path], choice: PlaneChoice) -> InspectedFiles:
    """Say what is in each file, and decode the chosen planes as `gapjunction predict` would."""
    inspected = (_inspect(path, choice) for path in paths)
    return InspectedFiles(tuple(tracked(inspected, "Decoding images", len(paths))))


def _inspect(path: Path, choice: PlaneChoice) -> InspectedFile:
    scenes: list[str] = []
    try:
        if not is_utf8(path.name):
            raise ImageError(
                path, item="name", expected="UTF-8", found=ascii(path.name), fix="rename the image"
            )
        with opened_scenes(path) as opened:
            for number, scene in enumerate(opened, start=1):
                scenes.append(f"{f'scene {number} {scene.name}'.rstrip()}: {scene}")
        for _, own, _ in chosen_images(path, choice):
            _decode(path, own)
    except ImageError as error:
        return InspectedFile(path, tuple(scenes), (with_all_options(error),))
    return InspectedFile(path, tuple(scenes), ())


def _decode(path: Path, choice: PlaneChoice) -> None:
    """Decode the chosen planes; of one that is read region by region, the header must do."""
    facts = chosen_facts(path, choice)
    if not facts.has_regions or facts.height * facts.width <= LEAST_PX:
        read_chosen(path, choice)
