"""Work on many machines: which ones, how it gets there, and what becomes of it; all of Dask."""
