"""A trained detector, ready to find objects in images: in memory here, in files in `predict`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from gapjunction.choices import LARGEST_SCALE, SMALLEST_SCALE, Backend, Precision
from gapjunction.config import require_within
from gapjunction.dataset.names import ImageOrigin
from gapjunction.detections import Detections
from gapjunction.errors import DeviceError, ImageError
from gapjunction.images.given_array import NAME, as_given
from gapjunction.images.microscope_image import MicroscopeImage
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import ALL_CHANNELS, index_of_channel
from gapjunction.models.checkpoint import DetectorConfig, load_checkpoint
from gapjunction.models.detector import TileDetector
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.models.zipped_run import opened_run
from gapjunction.prediction.autofluorescence import Autofluorescence
from gapjunction.prediction.backends import prepare_detector
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.found import Found
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.shown_size import Viewer
from gapjunction.prediction.spots import count_spots
from gapjunction.prediction.tiled import OnTiles, PredictionSettings, detect_image
from gapjunction.prediction.views import choose_views
from gapjunction.prediction.weighing import weighed_in


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A trained detector.

    Attributes:
        config: how it was trained, what its scores mean, from which one on objects are counted.
        version: the start of its weights' SHA-256.
        folder: where it was read from.
        is_shipped: it is the one that comes with the package.
        batch_size: tiles that go through the network together; None chooses by the device.
    """

    detector: TileDetector
    config: DetectorConfig
    version: str
    folder: Path
    device: torch.device
    is_shipped: bool = False
    batch_size: int | None = None

    @classmethod
    def load(
        cls,
        folder: Path | str | None = None,
        *,
        device: torch.device | str | None = None,
        backend: Backend = "torch",
        precision: Precision = "no",
    ) -> Self:
        """Read a model: a run folder, a zip of one, one on the Hub, or the one that ships.

        Args:
            folder: what `gapjunction train` wrote, or "hf://user/model[@revision]"; None: ships.
            device: where it works; None: on the GPU if there is one.
            backend: "onnx" for ONNX Runtime, on the CPU.
            precision: "bf16" for fewer bits.

        Raises:
            CheckpointError: if there is no model, or it is damaged.
            ConfigError: if the model cannot be run as asked for.
            DeviceError: if there is no such device.
        """
        source = SHIPPED_MODEL if folder is None else Path(folder)
        own = _device(device, backend)
        with opened_run(source) as run:
            checkpoint = load_checkpoint(run, own)
            detector = prepare_detector(checkpoint, backend, precision)
        is_shipped = folder is None
        return cls(detector, checkpoint.config, checkpoint.version, source, own, is_shipped)

    @property
    def viewer(self) -> Viewer:
        """What looks at images before they are predicted."""
        return Viewer(self.detector, self.config, self.device, self.is_shipped)

    def find(
        self,
        image: MicroscopeImage | NDArray[Any],
        *,
        channel: str | int | None = None,
        um_per_px: float | None = None,
        scale: float | None = None,
        threshold: float | None = None,
    ) -> Found:
        """Return what is in an image, as `gapjunction predict` finds it in a file of its own.

        Args:
            image: what `read_image` returns, or an array (H, W), (H, W, C) or (C, H, W) of uint8,
                uint16 or float.
            channel: name or number from 1 of the channel to look at, "all" for a picture in
                color; without it, the one in which puncta stand out is found.
            um_per_px: the side of a pixel, instead of what the file says.
            scale: show the image enlarged (above 1) or reduced by this factor.
            threshold: count objects from this probability on, not from the model's own.

        Raises:
            ImageError: if an array is of another shape or type, or there is no such channel.
            ConfigError: if another argument is out of range.
        """
        require_within("scale", scale, SMALLEST_SCALE, LARGEST_SCALE)
        require_within("threshold", threshold, 0.0, 1.0)
        require_within("um_per_px", um_per_px, np.nextafter(0.0, 1.0), np.finfo(np.float64).max)
        given = _listed(image, um_per_px)
        listed = self._chosen(given, channel)
        views = choose_views([listed], self.viewer, scale)
        (viewed,) = views.images
        shown_scale = views.shown_size.scale_of(viewed)
        rule = CountingRule.of(self.config, threshold, None)
        whole = viewed.picture.read_whole()
        seen = self.see(viewed, whole, self.settings(shown_scale))
        shining = Autofluorescence(rule)
        stained = shining.left_out(seen, whole, viewed)
        shining.tell()
        size_um = views.shown_size.verdicts.um_of(viewed)
        pixels = viewed.picture.shown(whole)
        num_spots = count_spots(pixels, shown_scale)
        return Found(
            pixels,
            stained,
            rule,
            size_um,
            shown_scale,
            num_spots,
            whole=given.pixels,
            channels=given.open_channels,
            name=given.output_name,
        )

    def settings(self, scale: float, least_span: float = 0.0) -> PredictionSettings:
        """Return how an image is cut up, shown with a factor and with intensities of its group."""
        settings = PredictionSettings.of(self.config, self.device, self.batch_size, scale)
        return replace(settings, least_span=least_span)

    def see(
        self,
        image: ListedImage,
        whole: ImageArray,
        settings: PredictionSettings,
        on_tiles: OnTiles | None = None,
    ) -> Detections:
        """Return all that is seen in an image, with probabilities for scores."""
        pixels = image.picture.shown(whole)
        found = detect_image(self.detector, pixels, settings, on_tiles)
        probable = self.config.calibration.calibrated(found)
        return weighed_in(whole, pixels, probable, self.config)

    def _chosen(self, image: ListedImage, channel: str | int | None) -> ListedImage:
        """Return an image as it is taken where a channel was said, or color was learnt."""
        if not image.open_channels:
            return image
        closed = replace(image, open_channels=())
        asked = (str(channel),) if channel is not None else self.config.channel
        if asked == ALL_CHANNELS:
            if image.is_color:
                return closed
            raise ImageError(
                image.origin.path,
                expected="one channel, or to be told which",
                found=f"{len(image.open_channels)} channels",
                fix="name a channel",
            )
        if channel is None:
            return image
        index = index_of_channel(str(channel), image.open_channels, image.origin.path)
        pixels = image.read_channels()[index : index + 1]
        return replace(closed, is_color=False, pixels=pixels)


def _listed(image: MicroscopeImage | NDArray[Any], um_per_px: float | None) -> ListedImage:
    if isinstance(image, MicroscopeImage):
        listed = ListedImage(
            ImageOrigin("", "", image.path),
            image.path.stem,
            image.um_per_px,
            open_channels=image.channels,
            is_color=image.is_color,
            pixels=image.pixels,
        )
    else:
        given = as_given(np.asarray(image))
        listed = ListedImage(
            ImageOrigin("", "", Path(NAME)),
            NAME,
            open_channels=given.channels,
            is_color=given.is_color,
            pixels=given.pixels,
        )
    if um_per_px is None:
        return listed
    return replace(listed, um_per_px=um_per_px, size_source="user")


def _device(device: torch.device | str | None, backend: Backend) -> torch.device:
    if device is None:
        has_gpu = torch.cuda.is_available() and backend == "torch"
        return torch.device("cuda" if has_gpu else "cpu")
    try:
        own = torch.device(device)
        torch.zeros(1, device=own)
    except (RuntimeError, AssertionError) as error:
        raise DeviceError(
            "device",
            expected="a device that torch has here, such as cpu",
            found=f"{device} ({str(error).splitlines()[0][:80]})",
            fix="leave it out",
        ) from None
    return own
