"""The annotation platform's datasets: read, check, split, write and convert them."""
