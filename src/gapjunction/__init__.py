"""Detect and count gap junctions in fluorescence microscopy images.

    import gapjunction as gj

    model = gj.Model.load()
    found = model.find(gj.read_image("slice.tif", channel="Cx43", z="max"))
    found.counts, found.intervals

What is named in `__all__` is the library; it is imported when it is first asked for.
"""

from importlib import import_module

from gapjunction.version import __version__

TYPE_CHECKING = False  # as in `typing`, which takes longer to import than all of this
if TYPE_CHECKING:
    from gapjunction.dataset.reader import read_datasets
    from gapjunction.detections import Detections
    from gapjunction.errors import GapJunctionError
    from gapjunction.images.microscope_image import read_image
    from gapjunction.prediction.found import Found
    from gapjunction.prediction.linked_stack import link_slices
    from gapjunction.prediction.model import Model
    from gapjunction.verbs import benchmark_counts, measure, predict, train

__all__ = [
    "Detections",
    "Found",
    "GapJunctionError",
    "Model",
    "__version__",
    "benchmark_counts",
    "link_slices",
    "measure",
    "predict",
    "read_datasets",
    "read_image",
    "train",
]

_MODULE_OF = {
    "Detections": "detections",
    "Found": "prediction.found",
    "GapJunctionError": "errors",
    "Model": "prediction.model",
    "benchmark_counts": "verbs",
    "link_slices": "prediction.linked_stack",
    "measure": "verbs",
    "predict": "verbs",
    "read_datasets": "dataset.reader",
    "read_image": "images.microscope_image",
    "train": "verbs",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'gapjunction' has no attribute {name!r}")
    value = getattr(import_module(f"gapjunction.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
