"""Pictures and microscope files: read whole, or the planes that are chosen."""
