"""DINO: objects as the answers to queries, learned with denoising (Zhang et al. 2022)."""
