"""From images and annotations to what a detector learns from: normalized, augmented tiles."""
