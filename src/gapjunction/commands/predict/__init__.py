"""`gapjunction predict`: which images, how they are looked at, and what is written."""
