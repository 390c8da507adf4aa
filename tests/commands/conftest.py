"""Settings of the tests of commands."""

from tiny_detectors import checkpoint, drawn_figures, logged_training, quick_figures, tiny_preset

__all__ = ["checkpoint", "drawn_figures", "logged_training", "quick_figures", "tiny_preset"]
