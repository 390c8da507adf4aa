"""What napari asks first when a file or folder is opened: whether it is ours."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from gapjunction.images.microscope_files import READABLE_SUFFIXES
from gapjunction.napari_plugin.file_layers import file_layers
from gapjunction.napari_plugin.folder_layers import folder_layers
from gapjunction.napari_plugin.layer_data import LayerData
from gapjunction.napari_plugin.shown_images import is_dataset, shown_dataset, shown_predictions
from gapjunction.prediction_folder import holds_predictions

ReadLayers = Callable[[str | list[str]], list[LayerData]]


def get_reader(path: str | list[str]) -> ReadLayers | None:
    """Return what reads a dataset, a folder of predictions or an image file; None for others.

    Several files at once, to be stacked, are left to others as well.
    """
    if not isinstance(path, str):
        return None
    source = Path(path)
    if source.is_file() and source.suffix.lower() in READABLE_SUFFIXES:
        return partial(_called, lambda: file_layers(source))
    if source.is_dir() and holds_predictions(source):
        return partial(_called, lambda: folder_layers(shown_predictions(source)))
    if source.is_dir() and is_dataset(source):
        return partial(_called, lambda: folder_layers(shown_dataset(source)))
    return None


def _called(read: Callable[[], list[LayerData]], _path: str | list[str]) -> list[LayerData]:
    """Read what was asked for; napari names it again."""
    return read()
