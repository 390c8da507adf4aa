"""Metrics and the statistics of their differences: arithmetic on arrays that knows no files."""
