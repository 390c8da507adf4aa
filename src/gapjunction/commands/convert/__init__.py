"""`gapjunction convert`."""
