"""Tests for `gapjunction.measurement.spooled_rows`."""

from gapjunction.measurement.object_columns import ObjectRow
from gapjunction.measurement.spooled_rows import spooled_rows


def test_spooled_rows__added_in_turns__come_back_in_order_each_time() -> None:
    numbered: list[ObjectRow] = [{"id": number, "score": number / 3} for number in range(5)]
    with spooled_rows() as rows:
        assert list(rows) == []
        rows.extend(numbered[:2])
        assert list(rows) == numbered[:2]
        rows.extend([])
        rows.extend(numbered[2:])
        assert list(rows) == list(rows) == numbered
