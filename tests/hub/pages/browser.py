"""What a person does with a page: open it, fill its form in, send it."""

from __future__ import annotations

import html
import re
import warnings
from datetime import datetime, timedelta
from typing import Any

from httpx import Response

with warnings.catch_warnings():  # Starlette would rather have httpx2, which nothing else here needs
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

_SECRET = re.compile(r'name="csrf" value="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        """So long."""
        self.now += timedelta(**span)


def words(answer: Response) -> str:
    """The text of a page, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", answer.text)).split())


class Browser:
    """One browser with its cookies."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **how: Any) -> Response:
        """Open a page."""
        return self.client.get(path, **how)

    def secret(self, path: str = "/own") -> str:
        """What stands in the forms of a page."""
        found = _SECRET.search(self.get(path).text)
        assert found, path
        return html.unescape(found[1])

    def post(self, path: str, fields: dict[str, Any] | None = None, *, page: str = "/own", **how: Any) -> Response:
        """Send a form that stands on `page`."""
        return self.client.post(path, data={"csrf": self.secret(page), **(fields or {})}, **how)

    def sign_in(self, login: str, passphrase: str, **more: Any) -> Response:
        """Fill the card in."""
        return self.post("/login", {"login": login, "passphrase": passphrase, **more}, page="/login")
