"""Compare object counts with ground truth: `gapjunction benchmark counts`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["benchmark", "counts", *sys.argv[1:]])
