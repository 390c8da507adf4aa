"""What the intervals of a benchmark are of, and how far to trust them."""

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.metrics.bootstrap import MIN_ASSETS

FEW_ASSETS = 10  # below it, intervals are narrower than they should be


def asset_note(groups: AssetGroups) -> str:
    """Return what the intervals are of, and how far to trust them."""
    if not groups.is_known and groups.num_assets < MIN_ASSETS:
        return "No intervals: there is one image only."
    if not groups.is_known:
        return (
            f"Intervals: bootstrap over {groups.num_assets} images, as nothing tells their assets "
            "(--groups). If several are of one subject, the intervals are too narrow."
        )
    if groups.num_assets < MIN_ASSETS:
        return f"No intervals: all images are of one asset (from {groups.source})."
    note = f"Intervals: bootstrap over {groups.num_assets} assets (from {groups.source})."
    few = f" With less than {FEW_ASSETS} assets they are rather too narrow."
    return note + (few if groups.num_assets < FEW_ASSETS else "")
