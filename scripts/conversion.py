"""Convert platform datasets to dino format: `gapjunction convert`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["convert", *sys.argv[1:]])
