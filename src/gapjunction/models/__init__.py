"""Detectors: networks that turn a batch of tiles into detections."""
