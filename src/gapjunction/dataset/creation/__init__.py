"""Make a dataset of images, which were named in a table or found in folders."""
