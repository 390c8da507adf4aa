"""Where the weights are that come with the package."""

from pathlib import Path

SHIPPED_WEIGHTS = Path(__file__).parents[1] / "weights"  # a folder for each preset that has some
SHIPPED_MODEL = SHIPPED_WEIGHTS / "medium_quality"
