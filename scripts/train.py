"""Train a detector: `gapjunction train`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["train", *sys.argv[1:]])
