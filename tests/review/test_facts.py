"""Tests for `gapjunction.review.facts`."""

from gapjunction.review.facts import event_facts
from gapjunction.review.reviewed import Review
from review_cases import operate


def test_event__of_an_image__tells_its_state_and_count(review: Review) -> None:
    operate(review, "done")
    [event] = review.events.since(0)[1]
    facts = event_facts(review, event)
    assert (facts["by"], facts["state"], facts["count"]) == ("Ana", "done", 2)
    assert event_facts(review, {"type": "predicted"}) == {"type": "predicted"}
