"""Fit a detector to training tiles: any network that is a `Detector`, any validation."""
