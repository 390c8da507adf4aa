"""`gapjunction benchmark`: counts, boxes, masks, and whether two models differ."""
