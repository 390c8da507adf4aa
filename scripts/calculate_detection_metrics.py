"""Compare detections with ground truth: `gapjunction benchmark detection`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["benchmark", "detection", *sys.argv[1:]])
