"""From images and annotations to what a detector learns from: normalised, augmented tiles."""
