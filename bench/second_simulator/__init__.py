"""A second way to simulate fluorescence images, which shares nothing with the package's own."""
