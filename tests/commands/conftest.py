"""Settings of the tests of commands."""

from tiny_detectors import checkpoint, logged_training, tiny_preset

__all__ = ["checkpoint", "logged_training", "tiny_preset"]
