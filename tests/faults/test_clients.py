"""Clients that go away in the midst of things, and clients that come at the same time."""

from __future__ import annotations

import random
import socket
import time

from clients import colour_of, new_user, photo
from invariants import check, check_no_leftovers
from scenes import LONG, Site, both, either

from safelight.tasks.status import Status
from service_process import API, wait_until

PHOTOS = 1000 if LONG else 200


@either
def test_a_client_that_goes_away_while_it_sends_leaves_nothing(site: Site, rng: random.Random) -> None:
    user = new_user()
    incoming = site.service.data / "files" / "incoming"
    for _ in range(8):
        body = _form(photo(colour_of(1)) + rng.randbytes(3 << 20))
        with socket.create_connection(("127.0.0.1", site.service.port)) as client:
            head = (
                f"POST {API}/enhance HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            )
            client.sendall(f"{head}X-User-Id: {user}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            client.sendall(body[: rng.randrange(len(body))])
            if rng.random() < 0.5:
                # Not goodbye, but a reset.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    drafts = lambda: [path for path in incoming.glob("*/*") if path.name != "lock"]  # noqa: E731
    wait_until(lambda: not drafts(), 15, lambda: f"drafts are left: {drafts()}")
    time.sleep(0.2)
    check_no_leftovers(site.service)
    assert site.client.get(f"{API}/stats", user).json()["total_tasks"] == 0
    check(site.service, site.database, [site.client.send("plain.png", colour_of(2)).id])


@either
def test_photos_that_come_at_the_same_time_never_mix(site: Site, rng: random.Random) -> None:
    names = [f"{rng.choice(['plain', 'slow'])}-{rng.uniform(0, 0.01):.3f}.png" for _ in range(PHOTOS)]
    users = (new_user(), new_user())
    sent = site.client.send_all(names, users=users, threads=8)
    assert len({one.colour for one in sent}) == PHOTOS
    for task in check(site.service, site.database, [one.id for one in sent]):
        assert task.status is Status.COMPLETED, f"{task}"
    for one in sent:
        assert site.client.colour(one) == one.colour
        [other] = {*users} - {one.user}
        if rng.random() < 0.1:
            assert site.client.get(f"{API}/download/{one.id}", other).status_code == 404


@both
def test_a_request_that_comes_again_with_its_key_is_done_once(site: Site, rng: random.Random) -> None:
    key, user = rng.randbytes(8).hex(), new_user()
    first, second = (site.client.send("plain-once.png", colour_of(7), user=user, key=key) for _ in range(2))
    assert first.id == second.id
    check(site.service, site.database, [first.id])


def _form(data: bytes) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="half.png"\r\n\r\n'
    return head + data + b"\r\n--b--\r\n"
