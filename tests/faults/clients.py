"""Clients that do not give up: they send photos until the service has taken them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Lock

import httpx2
import numpy as np
import pyvips

from service_process import API, wait_until

LATER = frozenset({429, 503})
_PATIENCE_S = 90.0

Colour = tuple[int, int, int]
"""Red, green and blue, 0-255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A photo that the service has taken."""

    id: str
    """The id of its task."""
    colour: Colour
    """What it looks like."""
    user: str
    """Whose it is."""


@dataclass(slots=True)
class Client:
    """Sends photos of one colour."""

    url: str
    refused: list[httpx2.Response] = field(default_factory=list)
    """Answers that were no 200."""
    broken: int = 0
    """Requests that nobody answered."""
    _lock: Lock = field(default_factory=Lock)
    _http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open one pool of connections for all threads."""
        self._http = httpx2.Client(base_url=self.url, timeout=20, verify=False)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(self, name: str, colour: Colour, *, user: str | None = None, key: str | None = None) -> Sent:
        """Send a photo, again and again until it is taken; by default for a new user, who has no earlier results."""
        user = user or new_user()
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            answer = self._try(name, colour, user, key)
            if answer is not None and answer.status_code == 200:
                return Sent(id=answer.json()["task_id"], colour=colour, user=user)
            later = LATER
            assert answer is None or answer.status_code in later, f"{answer.status_code} {answer.text}"
            time.sleep(0.1)
        raise AssertionError(f"nobody took {name} within {_PATIENCE_S:g} s")

    def send_all(self, names: Sequence[str], *, users: Sequence[str] = (), threads: int = 4) -> list[Sent]:
        """Send photos of as many colours, several at a time, for the users in turn, by default for a new one."""
        users = users or [new_user()]
        with ThreadPoolExecutor(threads) as pool:
            jobs = [
                pool.submit(self.send, name, colour_of(index), user=users[index % len(users)])
                for index, name in enumerate(names)
            ]
            return [job.result() for job in jobs]

    def task(self, task: str, user: str) -> dict[str, object]:
        """What the service tells of a task."""
        return dict(self.get(f"{API}/tasks/{task}", user).json())

    def get(self, path: str, user: str) -> httpx2.Response:
        """Get something."""
        return self._http.get(path, headers={"X-User-Id": user})

    def colour(self, sent: Sent) -> Colour:
        """The colour of the result of a photo."""
        answer = self.get(f"{API}/download/{sent.id}", sent.user)
        assert answer.status_code == 200, answer.text
        return read_colour(answer.content)

    def cancel(self, sent: Sent) -> None:
        """Cancel a task."""
        answer = self._http.post(f"{API}/tasks/{sent.id}/cancel", headers={"X-User-Id": sent.user})
        assert answer.status_code == 200, answer.text

    def wait(self, sent: Sent, status: str, seconds: float = 60) -> dict[str, object]:
        """Wait until a task has a state."""
        wait_until(
            lambda: self.task(sent.id, sent.user)["status"] == status,
            seconds,
            lambda: str(self.task(sent.id, sent.user)),
        )
        return self.task(sent.id, sent.user)

    def _try(self, name: str, colour: Colour, user: str, key: str | None) -> httpx2.Response | None:
        headers = {"X-User-Id": user} | ({"Idempotency-Key": key} if key else {})
        try:
            answer = self._http.post(f"{API}/enhance", files={"file": (name, photo(colour))}, headers=headers)
        except httpx2.HTTPError:
            with self._lock:
                self.broken += 1
            return None
        if answer.status_code != 200:
            with self._lock:
                self.refused.append(answer)
        return answer


def new_user() -> str:
    """A user whom the service does not know yet."""
    return f"user-{token_hex(6)}"


def colour_of(index: int) -> Colour:
    """A colour for each number under 4096, far enough from all others to be told apart."""
    return (index % 16 * 16 + 8, index // 16 % 16 * 16 + 8, index // 256 % 16 * 16 + 8)


def photo(colour: Colour, side: int = 16) -> bytes:
    """A PNG of one colour."""
    return pyvips.Image.new_from_array(
        np.full((side, side, 3), colour, np.uint8)
    ).copy(interpretation="srgb").pngsave_buffer(compression=1)  # fmt: skip


def read_colour(data: bytes) -> Colour:
    """The colour of a picture that has only one."""
    pixels = pyvips.Image.new_from_buffer(data, "").numpy().reshape(-1, 3)
    assert (pixels == pixels[0]).all(), "the picture has more than one colour"
    red, green, blue = pixels[0].tolist()
    return red, green, blue
