"""A third way to simulate slices, which nobody who trains or tunes looks at: run at the end only.

Light travels through a scalar model of a confocal microscope, plaques are sheets of channels on
membranes in a volume, and marks follow from the dips between peaks of noiseless light. Neither code
nor ideas are shared with the package's own simulator or with the second one.
"""
