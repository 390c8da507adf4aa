"""Looks at single blocks of slides for another process, which joins what is kept of them."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from gapjunction.commands.predict.files import PredictionFiles
from gapjunction.commands.predict.kept_blocks import BlockFiles
from gapjunction.commands.predict.step import Look
from gapjunction.images.region import Region
from gapjunction.images.slide import Slide, opened_slide
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.slide_detection import SlidePart, detect_blocks
from gapjunction.prediction.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class BlockErrand:
    """A block of a slide that a process looks at.

    Attributes:
        kept: where it keeps what it finds.
        index: of the block.
        place: of the block, in pixels of the slide.
    """

    image: ListedImage
    look: Look
    kept: BlockFiles
    index: int
    place: Region


@dataclass(slots=True)
class OpenSlide:
    """The slide of which a process was last given a block; it stays open for the next one."""

    model: Model
    _folder: Path | None = None  # of its blocks: another slide, or look at it, has another
    _part: SlidePart | None = None
    _opened: ExitStack = field(default_factory=ExitStack)

    def keep_block(self, errand: BlockErrand) -> None:
        """Keep what is found in a block.

        Raises:
            ImageError: if the slide cannot be read.
        """
        for found in detect_blocks(self.model, self._part_of(errand), [errand.index]):
            errand.kept.write(errand.index, found)

    def _part_of(self, errand: BlockErrand) -> SlidePart:
        if self._part is None or self._folder != errand.kept.folder:
            self._opened.close()
            self._part = None
            image, choice = errand.image, errand.image.choice
            slide = self._opened.enter_context(opened_slide(image.origin.path, choice))
            self._part = part_of(self.model, image, slide, errand.look)
            self._folder = errand.kept.folder
        return self._part


def part_of(model: Model, image: ListedImage, slide: Slide, look: Look) -> SlidePart:
    """Return what is to be predicted of a slide, as it is looked at.

    Raises:
        ImageError: if the slide cannot be read.
    """
    view = SlideView.of(model, image, slide, look.scale, look.least_span)
    return SlidePart.of(view, image.region or Region(0, 0, slide.full.width, slide.full.height))


def errands_of(
    model: Model, image: ListedImage, files: PredictionFiles, look: Look
) -> list[BlockErrand]:
    """Return the blocks of a slide of which nothing is kept, for processes in any folder.

    Raises:
        ImageError: if the slide cannot be read.
    """
    with opened_slide(image.origin.path, image.choice) as slide:
        part = part_of(model, image, slide, look)
        kept = BlockFiles.of(files.absolute(), part)
        waiting = [index for index in range(len(part.blocks)) if not kept.has(index)]
        image = image.absolute()
        return [BlockErrand(image, look, kept, each, part.place_of(each)) for each in waiting]
