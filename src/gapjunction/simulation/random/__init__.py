"""Images with random content and looks, which the weights that ship are trained on."""
