"""The plaques of stacks that `gapjunction predict` reported, beside what it found in slices."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.errors import BenchmarkError
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction_folder import (
    PREDICTED_PLAQUES,
    STACKS_NAME,
    Manifest,
    plaque_boxes_beside,
    read_stack_names,
)

Reported = Mapping[str, list[TabledPlaque]]  # the plaques of each stack, by its name
NONE_REPORTED: Reported = MappingProxyType({})


def read_reported_plaques(
    predictions_dir: Path, manifest: Manifest, threshold: float | None
) -> Reported:
    """Return the plaques of each stack, by its name, that have the probability `threshold` or more.

    Without one, all that were counted. Empty where the predictions come without such files.

    Raises:
        BenchmarkError: if a file cannot be read, or plaques with the threshold were not written.
    """
    path = plaque_boxes_beside(predictions_dir)
    if path is None:
        return NONE_REPORTED
    lowest = manifest.plaque_threshold
    if threshold is not None and lowest is not None and threshold < lowest:
        raise BenchmarkError(
            predictions_dir,
            item=f"threshold {threshold}",
            expected=f"at least {lowest}, from which on plaques were counted",
            found=str(threshold),
            fix="let `gapjunction predict` count anew from that threshold on",
        )
    names = read_stack_names(path.with_name(STACKS_NAME))
    reported: dict[str, list[TabledPlaque]] = {str(AssetName(*name)): [] for name in names}
    for plaque in PREDICTED_PLAQUES.read(path):
        (probability,) = plaque.values
        if threshold is None or probability >= threshold:
            reported.setdefault(str(AssetName(*plaque.stack)), []).append(plaque)
    return reported
