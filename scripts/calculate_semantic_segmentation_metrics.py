"""Compare masks with ground truth: `gapjunction benchmark segmentation`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["benchmark", "segmentation", *sys.argv[1:]])
