"""What a training run found in each asset, before and after, as a table."""

from collections.abc import Mapping

from gapjunction.report.tables import aligned_text

HEADER = ("asset", "images", "boxes", "F1, start", "F1, best", "found, start", "found, best")

AssetScores = Mapping[str, Mapping[str, float]]


def training_asset_table(start: AssetScores, best: AssetScores) -> str:
    """Return a line for each asset as aligned text.

    Both hold for each asset num_images, num_truth (boxes annotated), num_found and f1.
    """
    return aligned_text(list(HEADER), asset_rows(start, best))


def asset_rows(start: AssetScores, best: AssetScores) -> list[list[str]]:
    """Return the cells of the table, a list for each asset, in the order of HEADER."""
    return [
        [
            name,
            f"{after['num_images']:.0f}",
            f"{after['num_truth']:.0f}",
            *(f"{scores[name]['f1']:.3f}" for scores in (start, best)),
            *(f"{scores[name]['num_found']:.0f}" for scores in (start, best)),
        ]
        for name, after in best.items()
    ]
