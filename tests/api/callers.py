"""People with accounts, in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from api.running import API, LONG_S, Running
from safelight.accounts.keys import new_key
from safelight.accounts.role import Role
from safelight.accounts.scope import Scope, scopes_of
from safelight.api.routes.account import _PASSWORDS

PASSWORD = "correct horse battery"
HASHED = _PASSWORDS.hashed(PASSWORD)


def person(house: Running, name: str, role: Role = Role.USER) -> str:
    """Make somebody who has an account; gives their name."""
    house.service.users.add(name, role, HASHED)
    return name


@contextmanager
def signed_in(house: Running, name: str, password: str = PASSWORD) -> Iterator[httpx2.Client]:
    """A browser in which somebody has signed in, whose page sends along what it was told."""
    with httpx2.Client(base_url=house.url, timeout=LONG_S) as client:
        answer = client.post(f"{API}/account/sign-in", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield client


def key_of(
    house: Running, name: str, *scopes: Scope, acts: bool = False, expires_at: int | None = None
) -> dict[str, str]:
    """Make a key of somebody; gives the headers that show it. Without scopes it is for all that they may do."""
    made = new_key()
    found = scopes or sorted(scopes_of(house.service.users.get(name).role))
    house.service.keys.add(
        made.id, made.digest, user=name, name="of a test", scopes=found, acts=acts, expires_at=expires_at
    )
    return {"Authorization": f"Bearer {made.text}"}


def token_of(house: Running, key: dict[str, str]) -> dict[str, str]:
    """Make a token with a key; gives the headers that show it."""
    with house.client(**key) as client:
        made = client.post(f"{API}/account/token")
    assert made.status_code == 200, made.text
    return {"Authorization": f"Bearer {made.json()['access_token']}"}
