"""From which score on predicted boxes count as objects."""

from pathlib import Path

from gapjunction.errors import BenchmarkError
from gapjunction.prediction_folder import Manifest


def threshold_to_use(
    manifest: Manifest, asked_for: float | None, predictions_dir: Path
) -> float | None:
    """Return the lowest score that counts: that asked for, else the manifest's; None: all count.

    Raises:
        BenchmarkError: if boxes with the score asked for were not written.
    """
    if asked_for is None:
        return manifest.threshold
    if manifest.lowest_score is not None and asked_for < manifest.lowest_score:
        raise BenchmarkError(
            predictions_dir,
            item=f"threshold {asked_for}",
            expected=f"at least {manifest.lowest_score}, the lowest score that was written",
            found=str(asked_for),
            fix="predict again with a lower min_score",
        )
    return asked_for
