"""Draws that the randomized images make again and again."""

import numpy as np


def log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    """Return a number of a log-uniform distribution: its digits are even, its size is not."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def happens(probability: float, rng: np.random.Generator) -> bool:
    """Tell whether something of this probability happens."""
    return bool(rng.random() < probability)
