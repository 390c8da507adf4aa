"""Find objects in whole images of any size."""
