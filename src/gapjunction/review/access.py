"""Who may talk to the server: one browser with the token, or the password, from the own page."""

import hmac
import ipaddress
import logging
import secrets
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gapjunction.text import visible

logger = logging.getLogger(__name__)

MOST_BYTES = 1_000_000  # of a request's body
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
SAFE_METHODS = ("GET", "HEAD")
WRONG_PASSWORD_S = 1.0  # to wait after one, whoever asks meanwhile
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(slots=True)
class Sessions:
    """The token that opens the page once, the password, and who has come in by them.

    Attributes:
        port: of the server; cookies are the same for all ports of a host, so its name holds it.
    """

    port: int
    password: str | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _open: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_used: bool = False

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return f"gapjunction_review_{self.port}"

    def by_token(self, token: str) -> str | None:
        """Return a new session for the token, once; None for any other."""
        with self._lock:
            is_right = hmac.compare_digest(token.encode(), self.token.encode())
            if self._is_used or not is_right:
                return None
            self._is_used = True
            return self._new()

    def by_password(self, password: str) -> str | None:
        """Return a new session for the password; None, after a while, for any other."""
        with self._lock:
            given, right = password.encode(), (self.password or "").encode()
            if self.password and hmac.compare_digest(given, right):
                return self._new()
            time.sleep(WRONG_PASSWORD_S)
            return None

    def is_open(self, request: Request) -> bool:
        """Tell whether a request is of somebody who has come in."""
        return request.cookies.get(self.cookie, "") in self._open

    def remember(self, response: Response, session: str) -> None:
        """Let the browser keep a session until it is closed."""
        response.set_cookie(self.cookie, session, httponly=True, samesite="strict", path="/")

    def _new(self) -> str:
        session = secrets.token_urlsafe(32)
        self._open.add(session)
        return session


class Guard:
    """Refuses what is not of the own page before it reaches a route; adds headers to all answers.

    Args:
        app: what is guarded.
        port: where the server listens.
        hosts: names it may be called by besides those of this machine alone.
    """

    def __init__(self, app: ASGIApp, port: int, hosts: Iterable[str] = ()) -> None:
        self._app, self._port = app, port
        self._hosts = frozenset((*LOCAL_NAMES, *(host.lower() for host in hosts)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it pass."""
        if scope["type"] != "http":
            return
        sender = _with_headers(send)
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            status, why = refusal
            logger.warning("refused %s", visible(f"{scope['method']} {scope['path']}: {why}"[:300]))
            response = JSONResponse({"error": why}, status, {"Connection": "close"})
            await response(scope, receive, sender)
            return
        await self._app(scope, _limited(receive), sender)

    def _refusal(self, method: str, headers: Headers) -> tuple[HTTPStatus, str] | None:
        """Return why a request is refused; None if it is not."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            return HTTPStatus.MISDIRECTED_REQUEST, "the page was asked for by another name"
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return HTTPStatus.FORBIDDEN, "the request comes from another page"
        if origin is None and method not in SAFE_METHODS:
            return HTTPStatus.FORBIDDEN, "the request does not say from which page it comes"
        if headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site"):
            return HTTPStatus.FORBIDDEN, "the request comes from another page"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > MOST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MOST_BYTES:,} bytes"
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        return port == self._port and name in self._hosts


class BodyTooLarge(Exception):  # noqa: N818 - it says what happened
    """A body has more bytes than its header said, or than are allowed."""


def names_of_host(host: str) -> list[str]:
    """Return what others may call a server that listens at `host`: never a name from outside.

    For all addresses (0.0.0.0 or ::) these are the names of this machine and its own addresses.
    """
    if not is_any_address(host):
        return [host]
    own = socket.gethostname()
    names = {own, socket.getfqdn()}
    try:
        names |= {str(info[4][0]) for info in socket.getaddrinfo(own, None)}
    except OSError:  # a machine that does not know its own name
        logger.warning("the addresses of %s are not known; call it by its name", own)
    return sorted(names)


def is_any_address(host: str) -> bool:
    """Tell whether a server that listens at `host` does so at all addresses of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return sender


def _limited(receive: Receive) -> Receive:
    """Count what comes in: a body in pieces does not say how long it is."""
    total = 0

    async def receiver() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MOST_BYTES:
            raise BodyTooLarge
        return message

    return receiver
