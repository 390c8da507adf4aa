"""Convert platform datasets to the COCO layout that DINO and other tools read."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gapjunction.choices import Split
from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.convert.into import MergeResult, merge
from gapjunction.commands.convert.translate import TranslateResult, translate
from gapjunction.dataset.coco import (
    CocoImage,
    plan_images,
    write_coco,
)
from gapjunction.dataset.coco_layouts import LAYOUTS, LayoutName
from gapjunction.dataset.folders import STRAY_NAMES, is_stray
from gapjunction.dataset.named_images import merged_classes
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.split_stacks import warn_of_divided_stacks
from gapjunction.dataset.splits import (
    SPLITS,
    USUAL_FRACTION,
    Assignment,
    read_assignment,
    split_assets,
    to_json,
)
from gapjunction.errors import ConfigError, DatasetError
from gapjunction.files import folder_written_whole, recover_folder, write_json
from gapjunction.outside_text import read_json
from gapjunction.provenance import git_commit
from gapjunction.samples.layout import channel_layout
from gapjunction.terminal import tracked
from gapjunction.text import counted, normalized
from gapjunction.version import __version__

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
FORMAT: Literal["gapjunction dino format 1"] = "gapjunction dino format 1"


class ManifestImage(BaseModel):
    """Where one image of an earlier conversion was written."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    split: Split
    file_name: str


class ManifestRecord(BaseModel):
    """The part of an earlier conversion's manifest that tells which files are its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["gapjunction dino format 1"]
    layout: LayoutName = "coco"
    images: tuple[ManifestImage, ...]


@dataclass(frozen=True, slots=True)
class ConvertResult:
    """What a conversion wrote.

    Attributes:
        num_left_out: images nobody looked at.
        num_predicted: images with predictions that nobody took over.
        num_clipped: boxes cut at the border, or dropped because too little was left of them.
        num_rescaled: images of 16 bits, written with 8.
    """

    output: Path
    num_assets: Mapping[Split, int]
    num_images: Mapping[Split, int]
    num_boxes: Mapping[Split, int]
    num_left_out: int
    num_predicted: int
    num_clipped: int
    num_rescaled: int

    def __str__(self) -> str:
        lines = [
            f"{split:5}  {self.num_assets[split]:6,} assets  {self.num_images[split]:8,} images"
            f"  {self.num_boxes[split]:10,} boxes"
            for split in SPLITS
        ]
        if self.num_left_out:
            without = counted(self.num_left_out, "image")
            lines.append(f"Left out {without} without a detection file.")
        if self.num_predicted:
            lines.append(f"Left out {counted(self.num_predicted, 'image')} with predictions only.")
        if self.num_clipped:
            lines.append(f"Cut {counted(self.num_clipped, 'box')} at the image border.")
        if self.num_rescaled:
            lines.append(f"Scaled {counted(self.num_rescaled, 'image')} of 16 bits to 8 bits.")
        return "\n".join([*lines, f"Written to {self.output}"])


def run(config: ConvertConfig) -> ConvertResult | TranslateResult | MergeResult:
    """Convert all datasets into one folder, or from one format to another, whole or not at all.

    With `into`, boxes corrected in another program go into the dataset that they came from.

    Raises:
        ConfigError: if the output holds something else than an earlier conversion.
        DatasetError: if a dataset has errors, or nothing is annotated.
        ImageError: if an image cannot be converted.
    """
    translation = config.translation
    if translation is None:
        return _convert(config)
    return translate(translation) if config.into is None else merge(translation, config.opened)


def _convert(config: ConvertConfig) -> ConvertResult:
    recover_folder(config.output.resolve())
    earlier = _earlier_assignment(config)
    asked = _asked_assignment(config, earlier)
    datasets = read_datasets(config.data)
    assignment = split_assets(
        datasets,
        seed=asked.seed,
        val_fraction=asked.val_fraction,
        test_fraction=asked.test_fraction,
        previous=asked if asked.splits else None,
        layout_of=channel_layout,
    )
    images = plan_images(datasets, assignment)
    if not images:
        raise DatasetError(
            ", ".join(str(path) for path in config.data),
            expected="at least one annotated image",
            found="none",
            fix="export the detection files with the images",
        )
    warn_of_divided_stacks([each.placed for each in images])
    class_names = tuple(merged_classes(datasets))
    progress = tracked(images, "Converting", len(images))
    with folder_written_whole(config.output.resolve()) as partial:
        write_coco(progress, class_names, partial, LAYOUTS[config.layout])
        content = _manifest(images, class_names, assignment, config.layout)
        write_json(partial / MANIFEST, content)
    return _result(config.output, datasets, images, assignment)


def _asked_assignment(config: ConvertConfig, earlier: Assignment | None) -> Assignment:
    """Return how the split is to be drawn, and of the earlier one what stays: all of it or none."""
    usual = earlier or Assignment(0, USUAL_FRACTION, USUAL_FRACTION, {})
    asked = Assignment(
        usual.seed if config.seed is None else config.seed,
        usual.val_fraction if config.val_fraction is None else config.val_fraction,
        usual.test_fraction if config.test_fraction is None else config.test_fraction,
        usual.splits,
    )
    if asked == usual:
        return usual
    if earlier is not None:
        logger.info(
            "the earlier split was drawn with seed %d, %g for validation and %g for testing; "
            "drawing a new one",
            *(earlier.seed, earlier.val_fraction, earlier.test_fraction),
        )
    return replace(asked, splits={})


def _earlier_assignment(config: ConvertConfig) -> Assignment | None:
    """Return the split of the conversion in the output folder, if there is one."""
    if not config.output.exists():
        return None
    manifest_path = config.output / MANIFEST
    manifest = _read_manifest(manifest_path)
    stranger = _first_stranger(config.output, manifest)
    if stranger is not None:
        raise ConfigError(
            config.output,
            expected="a new folder or an earlier conversion",
            found=f"{stranger}, which no conversion wrote",
            fix="choose another --output, or move that away",
        )
    return None if manifest is None else read_assignment(manifest_path)


def _read_manifest(path: Path) -> ManifestRecord | None:
    """Return the manifest of an earlier conversion, or None if it is not one."""
    try:
        return ManifestRecord.model_validate(read_json(path, DatasetError))
    except (DatasetError, ValidationError):
        return None


def _first_stranger(output: Path, manifest: ManifestRecord | None) -> Path | None:
    """Return something in `output` that a conversion did not write, or None."""
    if not output.is_dir():
        return output
    written: set[str] = set()
    if manifest is not None:
        layout = LAYOUTS[manifest.layout]
        written = {
            normalized(layout.image_path(image.split, image.file_name)) for image in manifest.images
        }
        written |= {MANIFEST, *(layout.annotation_file(split) for split in SPLITS)}
        written |= set() if layout.labels is None else {layout.labels}
    present = (path for path in output.rglob("*") if not path.is_dir())
    strangers = (path for path in present if not _is_known(path.relative_to(output), written))
    return next(strangers, None)


def _is_known(path: Path, written: Set[str]) -> bool:
    """Tell whether a conversion wrote `path`, or an operating system beside it.

    What lies in a hidden folder, such as a repository, is somebody's.
    """
    in_stray_folder = any(part.lower() in STRAY_NAMES for part in path.parts)
    return normalized(path.as_posix()) in written or is_stray(path.name) or in_stray_folder


def _manifest(
    images: Sequence[CocoImage],
    class_names: Sequence[str],
    assignment: Assignment,
    layout: LayoutName,
) -> dict[str, object]:
    return {
        "format": FORMAT,
        "layout": layout,
        "package_version": __version__,
        "git_commit": git_commit(),
        **to_json(assignment),
        "class_names": list(class_names),
        "images": [
            {
                "dataset": image.dataset,
                "asset": image.asset,
                "image": image.source.path.name,
                "split": image.split,
                "file_name": LAYOUTS[layout].file_name(image.file_name),
                "num_boxes": len(image.boxes),
                "num_clipped": image.num_clipped,
            }
            for image in images
        ],
    }


def _result(
    output: Path,
    datasets: Sequence[Dataset],
    images: Sequence[CocoImage],
    assignment: Assignment,
) -> ConvertResult:
    num_boxes: Counter[Split] = Counter()
    for image in images:
        num_boxes[image.split] += len(image.boxes)
    num_images = Counter(image.split for image in images)
    of_all = [image for dataset in datasets for image in dataset.images()]
    num_predicted = sum(image.predictions is not None for image in of_all)
    return ConvertResult(
        output=output,
        num_assets={split: len(assignment.assets_in(split)) for split in SPLITS},
        num_images={split: num_images[split] for split in SPLITS},
        num_boxes={split: num_boxes[split] for split in SPLITS},
        num_left_out=len(of_all) - len(images) - num_predicted,
        num_predicted=num_predicted,
        num_clipped=sum(image.num_clipped for image in images),
        num_rescaled=sum(image.is_rescaled for image in images),
    )
