"""What a 95 % interval is, and how few assets have none."""

from dataclasses import dataclass

CONFIDENCE = 0.95
MIN_ASSETS = 2  # one asset says nothing about others


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds that are meant to hold the true value in 95 % of studies like this one.

    How often they do, by metric and number of assets, was simulated: docs/metrics.md.
    """

    low: float
    high: float
