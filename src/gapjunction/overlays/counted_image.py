"""Images with what was counted in them: boxes by score, annotations, a scale bar, a caption."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from gapjunction.boxes import BoxArray
from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.overlays.boxed_image import overlay
from gapjunction.overlays.caption import Caption, captioned, score_colors

# Of several classes, by Okabe & Ito; none is the cyan or green that stains are shown in.
CLASS_COLORS = ("#E69F00", "#F0E442", "#CC79A7", "#D55E00", "#FFFFFF")


@dataclass(frozen=True, slots=True, eq=False)
class ShownImage:
    """An image to draw on.

    Attributes:
        pixels: (C, H, W), grey or color.
        um_per_px: the side of a pixel, None where it is not known or not believed.
        annotations: boxes (N, 4) that people marked in it; None where nobody looked.
    """

    pixels: ImageArray
    um_per_px: float | None = None
    annotations: BoxArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What was counted in an image.

    Attributes:
        found: the objects, with probabilities for scores.
        class_names: in label order.
        lowest_score: from which on objects were counted.
    """

    found: Detections
    class_names: Sequence[str]
    lowest_score: float

    @property
    def has_classes(self) -> bool:
        """Whether colors are to tell classes, and not scores."""
        return len(self.class_names) > 1

    @property
    def class_colors(self) -> list[str]:
        """The color of each class, in label order."""
        return [CLASS_COLORS[label % len(CLASS_COLORS)] for label in range(len(self.class_names))]

    def box_colors(self) -> list[str]:
        """Return the color of each box: of its score, or of its class if there are several."""
        if self.has_classes:
            colors = self.class_colors
            return [colors[label] for label in self.found.labels.tolist()]
        return score_colors(self.found.scores, self.lowest_score)

    def caption(self, shown: ShownImage, picture_px: int) -> Caption:
        """Return what is to be said below a picture of `picture_px` in width."""
        um_per_px = shown.um_per_px
        numbers = self.found.count_by_label(len(self.class_names)).tolist()
        colors = self.class_colors if self.has_classes else [None]
        words = [
            f"{number:,} {name}" for number, name in zip(numbers, self.class_names, strict=True)
        ]
        return Caption(
            list(zip(words, colors, strict=True)),
            None if self.has_classes else self.lowest_score,
            shown.annotations is not None,
            None if um_per_px is None else um_per_px * shown.pixels.shape[-1] / picture_px,
        )


def prediction_overlay(shown: ShownImage, counted: Counted) -> Image.Image:
    """Return the image, brightened, with a box around each object and a caption below."""
    return finished(boxed(shown, counted), shown, counted)


def boxed(shown: ShownImage, counted: Counted) -> Image.Image:
    """Return the image with boxes; dashed white ones are what people marked."""
    return overlay(shown.pixels, counted.found, counted.box_colors(), annotations=shown.annotations)


def finished(picture: Image.Image, shown: ShownImage, counted: Counted) -> Image.Image:
    """Return what `boxed` returned with a caption below it."""
    return captioned(picture, counted.caption(shown, picture.width))
