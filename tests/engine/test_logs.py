"""What is in the log: one JSON object a line, and nothing that has to stay secret."""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import logging, sys, structlog
from safelight.engine.logs import configure
configure("info", worker="api")
def inner(token):
    headers = {"authorization": f"Bearer {token}"}
    raise ValueError("it does not work" if headers else "")
try:
    inner("a-secret-that-nobody-reads")
except ValueError:
    structlog.get_logger().exception("fault", path="/a\\n\\x1b[31m{\\"event\\": \\"forged\\"}")
    logging.getLogger("other").exception("of another library")
"""


def logged() -> tuple[list[str], str]:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    return [line for line in done.stderr.splitlines() if line.startswith("{")], done.stderr


def test_a_fault_is_logged_with_where_it_was_and_not_with_what_was_there() -> None:
    lines, everything = logged()
    [frame] = [one for one in json.loads(lines[0])["exception"][0]["frames"] if one["name"] == "inner"]
    assert not frame.get("locals")
    assert "it does not work" in lines[0]
    assert "a-secret-that-nobody-reads" not in everything


def test_no_text_makes_a_line_of_its_own_or_moves_a_terminal() -> None:
    lines, everything = logged()
    assert [json.loads(line)["event"] for line in lines] == ["fault"]
    assert "\x1b" not in everything
