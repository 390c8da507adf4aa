"""Simulated micrographs with exact ground truth: scene (um), optics (photons), camera (grey)."""
