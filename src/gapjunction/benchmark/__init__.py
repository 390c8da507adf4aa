"""How far to trust what was found: detections and counts against ground truth."""
