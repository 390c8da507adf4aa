"""`gapjunction report`: what can be asked of it, and how it is made."""
