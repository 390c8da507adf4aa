"""The compact detector: objects as points of a heat map, made for a CPU (Zhou et al. 2019)."""
