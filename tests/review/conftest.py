"""A review of a small dataset, and a client that has come in."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gapjunction.review.reviewed import Review
from review_cases import predicted_dataset, review_of
from review_client import client_of


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """What Ana reviews."""
    return review_of(predicted_dataset(tmp_path / "data"))


@pytest.fixture
def client(review: Review) -> TestClient:
    """Ana's browser."""
    client, sessions = client_of(review)
    client.get(f"/?token={sessions.token}")
    return client
