"""Convert, train, infer and benchmark in turn: `gapjunction pipeline`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["pipeline", *sys.argv[1:]])
