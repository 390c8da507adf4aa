"""A training run on a disk: begun, gone on with, fitted, judged, written down."""
