"""Plaques through the slices of a confocal stack: arithmetic on boxes that knows no files."""
