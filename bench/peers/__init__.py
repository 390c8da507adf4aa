"""The methods that are compared: each can be tuned, and then finds objects in an image."""
