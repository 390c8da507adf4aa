"""Write data frames as CSV files that no spreadsheet computes."""

from pathlib import Path

import pandas as pd

from gapjunction.csv_tables import write_csv


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write the columns and rows of a frame, whole or not at all; what is missing is empty."""
    columns = (frame.iloc[:, place].array for place in range(frame.shape[1]))
    rows = zip(*columns, strict=True)
    cells = ([None if pd.isna(value) else value for value in row] for row in rows)
    write_csv(path, [frame.columns, *cells])
