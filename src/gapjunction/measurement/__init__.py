"""What each object of an image is like: outline, size, shape, light; one row each in a table."""
