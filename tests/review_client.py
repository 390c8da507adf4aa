"""A client of the review page's server, in this process."""

from starlette.testclient import TestClient

from gapjunction.review.access import Guard, Sessions
from gapjunction.review.more_routes import More
from gapjunction.review.pyramids import Pyramids
from gapjunction.review.reviewed import Review
from gapjunction.review.routes import Page, build_app
from gapjunction.review.training import Trainings

PORT = 8123
OURS = f"http://127.0.0.1:{PORT}"


def client_of(review: Review, password: str | None = None) -> tuple[TestClient, Sessions]:
    """Return a client that has not come in yet, and what opens the door."""
    sessions = Sessions(PORT, password)
    page = Page(review, sessions, Pyramids())
    more = More(Trainings(review.opened.root, None)).routes(page)
    return TestClient(Guard(build_app(page, more), PORT), base_url=OURS), sessions
