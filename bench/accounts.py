"""What it costs to know who calls: a cheap request without accounts, and with a session, a key and a token."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

from bench.figures import Cell, Check, Report, Timing, table
from bench.harness import Unavailable
from bench.serving import QUICK, Served
from safelight.accounts.keys import new_key
from safelight.accounts.password import Passwords
from safelight.accounts.role import Role
from safelight.accounts.scope import Scope
from safelight.service import Service
from safelight.settings import Settings
from safelight.tasks.migrate import migrate

NAME = "accounts"
_PATH = "/api/v1/limits"
_ROUNDS, _WARM = 1_500, 50
_MOST_MS = 3.0
_RATE = "1000000/minute"
"""More than is asked: so requests are counted, as they usually are, and none is refused."""
_PASSWORD = "a password of the bench"


def run(say: Callable[[str], None]) -> Report:
    """Measure; about a minute. The four are asked in turns, so that what else the machine does disturbs all alike."""
    with tempfile.TemporaryDirectory(prefix="safelight-bench-") as name:
        key = _prepared(Path(name) / "with")
        with (
            Served(Path(name) / "without", factory=QUICK) as without,
            Served(Path(name) / "with", factory=QUICK, USER_RATE=_RATE) as accounts,
        ):
            say("asking")
            times = _asked(without, accounts, key)
    cost = {who: _ms(times[who], 50) - _ms(times["nobody"], 50) for who in times if who != "nobody"}
    rows: list[tuple[Cell, ...]] = [
        (who, round(_ms(took, 50), 3), round(_ms(took, 95), 3), round(cost.get(who, 0.0), 3))
        for who, took in times.items()
    ]
    return Report(
        name=NAME,
        title="Who calls",
        tables=(table(f"GET {_PATH}, milliseconds", ("who", "p50", "p95", "more than nobody, p50"), rows),),
        checks=tuple(
            Check(what=f"what a {who} costs a request", value=ms, bound=_MOST_MS, at_least=False, unit="ms")
            for who, ms in cost.items()
        ),
        timings={who: Timing(seconds=tuple(took)) for who, took in times.items()},
    )


def _prepared(folder: Path) -> str:
    """Make a user in a data folder; gives a key of theirs."""
    service = Service(Settings(data_dir=folder))
    migrate(service.database)
    service.users.add("bench", Role.ADMIN, Passwords().hashed(_PASSWORD))
    made = new_key()
    service.keys.add(made.id, made.digest, user="bench", name="bench", scopes=(Scope.READ, Scope.WRITE))
    service.database.close()
    return made.text


def _asked(without: Served, accounts: Served, key: str) -> dict[str, list[float]]:
    bearer = {"Authorization": f"Bearer {key}"}
    callers: dict[str, tuple[HTTPConnection, Mapping[str, str]]] = {
        "nobody": (without.connect(), {}),
        "session": (accounts.connect(), {"Cookie": _cookie(accounts)}),
        "key": (accounts.connect(), bearer),
        "token": (accounts.connect(), {"Authorization": f"Bearer {_token(accounts, bearer)}"}),
    }
    times: dict[str, list[float]] = {who: [] for who in callers}
    for number in range(_ROUNDS + _WARM):
        for who, (connection, headers) in callers.items():
            start = time.perf_counter()
            _get(connection, headers)
            if number >= _WARM:
                times[who].append(time.perf_counter() - start)
    for connection, _ in callers.values():
        connection.close()
    return times


def _get(connection: HTTPConnection, headers: Mapping[str, str]) -> None:
    connection.request("GET", _PATH, headers=dict(headers))
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise Unavailable(f"{_PATH}: {response.status}")


def _cookie(served: Served) -> str:
    connection = served.connect()
    body = f'{{"name": "bench", "password": "{_PASSWORD}"}}'.encode()
    connection.request("POST", "/api/v1/account/sign-in", body=body, headers={"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 200:
        raise Unavailable(f"sign-in: {response.status}")
    return str(response.getheader("Set-Cookie")).split(";", 1)[0]


def _token(served: Served, headers: Mapping[str, str]) -> str:
    connection = served.connect()
    connection.request("POST", "/api/v1/account/token", headers=dict(headers))
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status != 200:
        raise Unavailable(f"token: {response.status}")
    return str(json.loads(content)["access_token"])


def _ms(times: list[float], percent: int) -> float:
    return quantiles(times, n=100)[percent - 1] * 1000
