"""What the detectors do on a GPU: the same numbers, how fast, with how much memory."""
