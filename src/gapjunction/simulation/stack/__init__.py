"""Simulated confocal stacks: the forward model in three dimensions, and plaques through slices."""
