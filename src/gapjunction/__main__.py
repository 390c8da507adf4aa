"""`python -m gapjunction` is the command `gapjunction`."""

from gapjunction.cli import main

if __name__ == "__main__":
    main()
