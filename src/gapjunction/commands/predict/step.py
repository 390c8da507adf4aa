"""What is done to an image: what is seen in it, what is written, and what there is to say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from gapjunction.commands.predict.files import PredictionFiles, write_prediction
from gapjunction.commands.predict.missed_structure import MissedBlobs, MissedStructure
from gapjunction.commands.predict.nearly_empty import NearlyEmpty
from gapjunction.commands.predict.seen_file import SeenInImage, write_seen
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.commands.predict.tile_watch import TileWatch
from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.overlays.counted_image import ShownImage
from gapjunction.prediction.autofluorescence import Autofluorescence
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.shown_size import ShownSize
from gapjunction.prediction.spots import count_spots
from gapjunction.prediction.tiled import PredictionSettings


@dataclass(frozen=True, slots=True)
class Look:
    """How an image is looked at, as decided of all images together.

    Attributes:
        scale: the factor that it is shown with.
        least_span: of its intensities.
        um_per_px: the side of its pixels, where it is known and believed.
    """

    scale: float
    least_span: float
    um_per_px: float | None


LookOf = Callable[[ListedImage], Look]


@dataclass(frozen=True, slots=True)
class Noted:
    """What there is to say of images that were predicted elsewhere.

    Attributes:
        missed: blobs that were passed by.
        empty: names of images that are nearly empty.
        num_left_out: objects left out that would have been counted.
        num_images: in which these are.
    """

    missed: tuple[MissedBlobs, ...]
    empty: tuple[str, ...]
    num_left_out: int
    num_images: int


NOTHING_NOTED = Noted((), (), 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What is done to every image, and with what."""

    model: Model
    rule: CountingRule
    missed: MissedStructure
    empty: NearlyEmpty
    autofluorescence: Autofluorescence

    @classmethod
    def of(cls, model: Model, rule: CountingRule) -> Self:
        """Return a step that has collected nothing yet."""
        missed = MissedStructure(model.config)
        return cls(model, rule, missed, NearlyEmpty(), Autofluorescence(rule))

    def settings_for(self, look: Look) -> PredictionSettings:
        """Return how an image is cut up and in what size it is shown."""
        return self.model.settings(look.scale, look.least_span)

    def detect(
        self,
        image: ListedImage,
        whole: ImageArray,
        settings: PredictionSettings,
        watch: TileWatch,
    ) -> Detections:
        """Return all that the detector sees in an image, with probabilities for scores."""
        seen = self.model.see(image, whole, settings, watch.on_tiles)
        return self.autofluorescence.left_out(seen, whole, image)

    def write(
        self,
        image: ListedImage,
        files: PredictionFiles,
        look: Look,
        found: Detections,
        whole: ImageArray,
    ) -> None:
        """Write the files of an image, first what was seen; note blobs that were passed by."""
        pixels = image.picture.shown(whole)
        num_spots = count_spots(pixels, look.scale, look.least_span)
        height, width = whole.shape[-2:]
        seen = SeenInImage(found, height, width, num_spots)
        write_seen(files.seen, seen, files.image_state)
        shown = ShownImage(pixels, look.um_per_px, image.annotations)
        write_prediction(image, files, seen, self.rule, shown if files.has_overlay else None)
        num_counted = len(self.rule.counted(seen.detections))
        self.empty.look_at(image.output_name, pixels, num_counted, look.least_span)
        self.missed.look_at(image.output_name, pixels, num_counted, look.scale, look.um_per_px)

    def noted(self) -> Noted:
        """Return what there is to say so far."""
        left_out = self.autofluorescence
        return Noted(
            tuple(self.missed.missed),
            tuple(self.empty.names),
            left_out.num_counted,
            left_out.num_images,
        )

    def add(self, noted: Noted) -> None:
        """Take over what there is to say of images that another step was for."""
        self.missed.missed.extend(noted.missed)
        self.empty.names.extend(noted.empty)
        self.autofluorescence.num_counted += noted.num_left_out
        self.autofluorescence.num_images += noted.num_images

    def tell(self) -> None:
        """Say what there is to say of all images."""
        for collected in (self.autofluorescence, self.empty, self.missed):
            collected.tell()


def look_of(shown_size: ShownSize, shared: SharedRange) -> LookOf:
    """Return the function that tells how an image is looked at."""

    def look(image: ListedImage) -> Look:
        return Look(
            shown_size.scale_of(image),
            shared.least_span(image),
            shown_size.verdicts.um_of(image),
        )

    return look
