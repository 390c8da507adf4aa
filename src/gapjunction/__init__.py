"""Detect and count gap junctions in fluorescence microscopy images."""

__version__ = "0.1.0"
