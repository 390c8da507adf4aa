"""Datasets, predictions and microscope files in napari, and a panel that finds, corrects, trains.

Nothing but `panel` needs napari itself: readers and writers speak its layer data, plain tuples.
"""
