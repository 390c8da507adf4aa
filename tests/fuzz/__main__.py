"""`make fuzz`: try many damaged inputs, tell how they ended, and fail if one ended badly."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fuzz.campaign import Campaign, Summary, trials_of

PROGRESS_EVERY = 10.0  # seconds
MOST_SHOWN = 30  # failures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign; return 1 if an input ended badly."""
    campaign = _parsed(arguments)
    summary, told = Summary(), time.monotonic()
    for number, trial in trials_of(campaign):
        summary.add(number, trial)
        if time.monotonic() - told > PROGRESS_EVERY:
            told = time.monotonic()
            shown = f"{summary.num_inputs:,} of {campaign.number:,}"
            sys.stderr.write(f"{shown}, {len(summary.failures):,} failures\n")
    for number, target, failure in summary.failures[:MOST_SHOWN]:
        sys.stdout.write(f"input {number}, {target}: {failure.kind}: {failure.detail}\n")
    sys.stdout.write(f"seed {campaign.seed}: {summary}\n")
    if summary.failures:
        sys.stdout.write(f"inputs that failed are in {campaign.kept}\n")
    return 1 if summary.failures else 0


def _parsed(arguments: Sequence[str] | None) -> Campaign:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--number", type=int, default=100_000, help="of inputs")
    parser.add_argument("--seed", type=int, default=0, help="the same one gives the same inputs")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument(
        "--kept", type=Path, default=Path("runs/fuzz"), help="folder for inputs that failed"
    )
    given = parser.parse_args(arguments)
    return Campaign(given.number, given.seed, given.workers, given.kept.absolute())


if __name__ == "__main__":
    sys.exit(main())
