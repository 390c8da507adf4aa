"""Annotations as other tools write them, one file for each format."""
