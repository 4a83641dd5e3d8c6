"""The ledger of what was sent where: durable, whole, and readable whatever happened to it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from safelight.datasets.ledger import Ledger, Sent, read_ledger
from safelight.errors import OutputError


def noted(ledger: Ledger, number: int = 0) -> Sent:
    return ledger.begin(host="h:1", size=number, item=f"item-{number}", what="a picture", model="eye")


def test_what_was_sent_is_read_back_with_how_it_ended(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "sub" / "ledger.jsonl")
    ledger.end(noted(ledger, 1), "200")
    noted(ledger, 2)
    found = read_ledger(tmp_path / "sub" / "ledger.jsonl")
    assert [(one.item, one.bytes, one.host, one.status) for one in found] == [
        ("item-1", 1, "h:1", "200"), ("item-2", 2, "h:1", "sending"),
    ]  # fmt: skip
    assert found[0].at.endswith("Z")


def test_no_ledger_means_that_nothing_was_sent(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "ledger.jsonl") == ()


def test_a_line_that_was_cut_short_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.end(noted(ledger, 1), "200")
    path.write_bytes(path.read_bytes() + b'{"call": "half')
    noted(ledger, 2)
    assert [(one.item, one.status) for one in read_ledger(path)] == [("item-1", "200"), ("item-2", "sending")]


def test_threads_share_a_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ledger.end(noted(ledger, number), "200"), range(40)))
    found = read_ledger(tmp_path / "ledger.jsonl")
    assert {one.item for one in found} == {f"item-{number}" for number in range(40)}
    assert {one.status for one in found} == {"200"}


def test_a_killed_process_has_noted_what_it_sent(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    code = f"""
import time
from pathlib import Path
from safelight.datasets.ledger import Ledger
ledger = Ledger(Path({str(path)!r}))
ledger.begin(host="h", size=7, item="i", what="w", model="m")
print("noted", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "noted\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [(one.bytes, one.status) for one in read_ledger(path)] == [(7, "sending")]


def test_a_ledger_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(OutputError):
        noted(Ledger(tmp_path / "ledger.jsonl"))


def test_times_are_those_of_the_call(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    sent = noted(ledger)
    time.sleep(0.02)
    ledger.end(sent, "200")
    (found,) = read_ledger(tmp_path / "ledger.jsonl")
    assert found.at == sent.at
