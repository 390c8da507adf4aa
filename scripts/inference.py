"""Write predictions in benchmark format: `gapjunction predict`."""

import sys

from gapjunction.cli import main

if __name__ == "__main__":
    main(["predict", *sys.argv[1:]])
