"""Tests for `gapjunction.review.access`; what a page meets of it is in `test_routes`."""

import socket

from gapjunction.review.access import LOCAL_NAMES, Sessions, is_any_address, names_of_host
from gapjunction.review.server import Address, url_of


def test_names_of_host__all_addresses__are_this_machines_own() -> None:
    names = names_of_host("0.0.0.0")  # noqa: S104
    assert socket.gethostname() in names
    assert "0.0.0.0" not in names  # noqa: S104


def test_names_of_host__one_address__is_that() -> None:
    assert names_of_host("192.0.2.1") == ["192.0.2.1"]
    assert not is_any_address("my-computer")


def test_url_of__all_addresses__opens_here() -> None:
    sessions = Sessions(8000)
    for host, name in (("0.0.0.0", LOCAL_NAMES[0]), ("::1", "[::1]")):  # noqa: S104
        assert url_of(Address(host), sessions) == f"http://{name}:8000/?token={sessions.token}"


def test_by_token__twice__is_refused_the_second_time() -> None:
    sessions = Sessions(8000)
    assert sessions.by_token("wrong") is None
    assert sessions.by_token(sessions.token) is not None
    assert sessions.by_token(sessions.token) is None


def test_by_password__none_set__lets_nobody_in() -> None:
    assert Sessions(8000).by_password("") is None
