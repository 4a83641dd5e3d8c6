"""The real toolbox of workers, with a little of the internet: names that mean what an attacker wants them to.

A worker process imports this file by name (``hostile.toolbox:toolbox``); see ``service_process``.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from safelight.engine.job import Toolbox
from safelight.engine.order import PHOTO
from safelight.engine.urlwork import UrlWork
from safelight.fetching.rules import rules_of
from safelight.settings import Settings
from safelight.store.opening import open_store
from safelight.tasks.task import Lane
from safelight.toolbox import toolbox as real

OUTSIDE, INSIDE = "127.0.0.9", "127.0.0.1"
TOTAL_S = 3.0
NAMES: Mapping[str, Sequence[Sequence[str]]] = {
    "outside.example": [[OUTSIDE]],
    "rebind.example": [[OUTSIDE], [INSIDE]],
    "rebind-later.example": [[OUTSIDE], [OUTSIDE], [INSIDE]],
    "rebind-to-six.example": [[OUTSIDE], ["::1"]],
    "inside.example": [[INSIDE]],
    "mixed.example": [[OUTSIDE, INSIDE]],
    "mixed-last.example": [[*[OUTSIDE] * 50, INSIDE]],
    "six.example": [["::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "mixed-six.example": [[OUTSIDE, "::1"]],
    "nat64.example": [["64:ff9b::7f00:1"]],
    "scoped.example": [["fe80::1%1"]],
    "metadata.example": [["169.254.169.254"]],
    "unspecified.example": [["0.0.0.0"]],
    "rubbish.example": [["http://127.0.0.1/"]],
    "nothing.example": [[]],
}
"""What a name means the first time, the second time, and so on; the last answer stays."""


class Resolver:
    """Tells what names mean."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """Answer as the owner of the name wants; others are not known."""
        if host == "stalls.example":
            time.sleep(4 * TOTAL_S)
        answers = NAMES.get(host)
        if answers is None:
            raise socket.gaierror(-2, "not known")
        count = self._asked.get(host, 0)
        self._asked[host] = count + 1
        return answers[min(count, len(answers) - 1)]


def toolbox(settings: Settings, lane: Lane) -> Toolbox:
    """Make what a worker of a lane works with."""
    found = real(settings, lane)
    if lane is not Lane.REMOTE:
        return found
    rules = replace(rules_of(settings), resolve=Resolver(), total_s=TOTAL_S, connect_s=1.0)
    fetching = UrlWork(store=open_store(settings), settings=settings, rules=rules)
    return replace(found, handlers={**found.handlers, PHOTO: fetching.photo})
