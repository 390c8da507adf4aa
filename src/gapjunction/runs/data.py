"""The annotated images of some datasets, divided into those to train and to validate on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gapjunction.dataset.coco import CocoImage, plan_images
from gapjunction.dataset.fingerprint import fingerprint
from gapjunction.dataset.named_images import merged_classes
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.split_stacks import warn_of_divided_stacks
from gapjunction.dataset.splits import AssetKey, Assignment, read_assignment, split_assets
from gapjunction.errors import DatasetError
from gapjunction.images.plane_choice import ALL_CHANNELS
from gapjunction.models.checkpoint import PixelSizes
from gapjunction.runs.channel import LearntChannels, learnt_channels
from gapjunction.samples.layout import channel_layout
from gapjunction.samples.shared_span import least_spans
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.terminal import tracked
from gapjunction.text import counted

ENOUGH_TO_CALIBRATE = 30  # images


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """What a run learns from and is judged by.

    Attributes:
        datasets: dataset name -> a line about it.
        train, val: images with their boxes, cut at the border.
        images: all but those of the assets for testing.
        pixel_sizes: of all datasets; None where one does not say.
        num_clipped: boxes cut, or dropped because too little was left of them.
        channel, stain: what is learnt from, as in `DetectorConfig`.
        is_validated_on_training: True where no other asset has a box; then val is train.
        rehearsed: simulated images to train on beside them.
    """

    datasets: dict[str, str]
    class_names: tuple[str, ...]
    class_colors: tuple[str, ...]
    assignment: Assignment
    train: tuple[TrainingImage, ...]
    val: tuple[TrainingImage, ...]
    images: tuple[TrainingImage, ...]
    pixel_sizes: PixelSizes | None
    num_clipped: int
    is_validated_on_training: bool
    fingerprint: str
    channel: tuple[str, ...] = ALL_CHANNELS
    stain: tuple[float, ...] | None = None
    rehearsed: tuple[TrainingImage, ...] = ()

    def to_calibrate_on(self) -> tuple[TrainingImage, ...]:
        """Return the validation images and, where these are few, training images beside them."""
        if self.is_validated_on_training:
            return self.val
        num_added = min(max(ENOUGH_TO_CALIBRATE - len(self.val), 0), len(self.train))
        places = (index * len(self.train) // num_added for index in range(num_added))
        return (*self.val, *(self.train[place] for place in places))


def read_training_data(
    paths: Sequence[Path],
    *,
    seed: int,
    splits: Path | None = None,
    channel: tuple[str, ...] = (),
) -> TrainingData:
    """Read the datasets and divide them by the split file, or by the seed.

    Of color pictures the `channel` is learnt from, by name or number; without one it is found.
    Stacks with slices on two sides are logged.

    Raises:
        DatasetError: if a dataset has errors, or holds no annotated box to train on.
        ImageError: if an image cannot be decoded.
    """
    datasets = read_datasets(paths)
    previous = None if splits is None else read_assignment(splits)
    assignment = split_assets(datasets, seed=seed, previous=previous, layout_of=channel_layout)
    images = plan_images(datasets, assignment)
    warn_of_divided_stacks([each.placed for each in images])
    learnt = learnt_channels([each for each in images if each.split != "test"], channel)
    animal_of = {(own.name, asset.name): asset.animal for own in datasets for asset in own.assets}
    train, val = (
        tuple(_training_image(each, learnt, animal_of) for each in images if each.split == split)
        for split in ("train", "val")
    )
    is_validated = any(len(image.boxes) for image in val)
    if not any(len(image.boxes) for image in train):
        raise DatasetError(
            ", ".join(map(str, paths)),
            expected="annotated boxes in the training images",
            found=f"{len(train)} training images without any",
            fix="annotate more images, or check with 'gapjunction validate'",
        )
    known = (*train, *val)
    spans = least_spans(tracked(known, "Checking images", len(known)))
    known = tuple(replace(each, least_span=own) for each, own in zip(known, spans, strict=True))
    train, val = known[: len(train)], known[len(train) :]
    classes = merged_classes(datasets)
    return TrainingData(
        datasets={dataset.name: _described(dataset) for dataset in datasets},
        class_names=tuple(classes),
        class_colors=tuple(classes.values()),
        assignment=assignment,
        train=train,
        val=val if is_validated else train,
        images=known,
        pixel_sizes=_pixel_sizes(datasets),
        num_clipped=sum(image.num_clipped for image in images),
        is_validated_on_training=not is_validated,
        fingerprint=fingerprint(datasets),
        channel=learnt.names,
        stain=learnt.stain,
    )


def _training_image(
    image: CocoImage, learnt: LearntChannels, animal_of: Mapping[AssetKey, str]
) -> TrainingImage:
    channel = learnt.of_image.get(image.source.path)
    return TrainingImage(
        image.source.path,
        image.boxes,
        image.labels,
        asset=f"{image.dataset}/{image.asset}",
        animal=f"{image.dataset}/{animal_of[image.dataset, image.asset]}",
        channel=None if channel is None else channel.index,
        stain=None if channel is None else channel.stain,
    )


def _pixel_sizes(datasets: Sequence[Dataset]) -> PixelSizes | None:
    known = [dataset.um_per_px for dataset in datasets if dataset.um_per_px is not None]
    if len(known) < len(datasets):
        return None
    return PixelSizes(finest_um=min(known), coarsest_um=max(known))


def _described(dataset: Dataset) -> str:
    num_images = sum(1 for image in dataset.images() if image.is_annotated)
    device = dataset.device_type or "device unknown"
    seen = f"{counted(num_images, 'annotated image')} of {counted(len(dataset.assets), 'asset')}"
    return f"{seen}, {device}"
