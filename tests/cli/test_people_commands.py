"""``safelight users``, ``keys`` and ``audit``: whether the service runs or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from safelight.accounts.keys import digest_of, read_key
from safelight.cli.main import app
from safelight.errors import WrongStateError
from safelight.service import Service
from safelight.settings import Settings


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SAFELIGHT_DATA_DIR", str(tmp_path))
    yield tmp_path
    # The commands set up the log of their process, which is this one.
    structlog.reset_defaults()


def run(*words: str, sent: str = "") -> Result:
    return CliRunner().invoke(app, words, input=sent)


def done(*words: str, sent: str = "") -> str:
    result = run(*words, sent=sent)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_users_are_made_changed_and_listed() -> None:
    refused = run("users", "add", "anna")
    assert isinstance(refused.exception, WrongStateError)
    assert "admin" in str(refused.exception)
    done("users", "add", "Root", "--role", "admin", "--password", sent="correct horse battery\n")
    assert "/welcome#" in done("users", "add", "anna")
    done("users", "role", "anna", "operator")
    done("users", "disable", "anna")
    listed = done("users", "list")
    assert [line.split()[:3] for line in listed.splitlines()[1:]] == [
        ["anna", "operator", "disabled"],
        ["root", "admin", listed.splitlines()[2].split()[2]],
    ]
    done("users", "enable", "anna")
    assert "disabled" not in done("users", "list")
    assert isinstance(run("users", "disable", "root").exception, WrongStateError)
    assert run("users", "role", "anna", "king").exit_code == 2


def test_a_password_is_read_from_a_pipe_and_never_shown(data: Path) -> None:
    from safelight.accounts.password import Passwords

    shown = done("users", "add", "root", "--role", "admin", "--password", sent="correct horse battery\n")
    shown += done("users", "password", "root", sent="another long one\n")
    assert "correct horse" not in shown
    assert "another long" not in shown
    service = Service(Settings(data_dir=data))
    assert Passwords().fits("another long one", service.users.get("root").password)
    service.database.close()
    assert "correct horse" not in done("audit", "--json")


def test_the_link_for_the_first_admin_is_made_again() -> None:
    assert run("users", "invite").exit_code == 2
    assert "/welcome#" in done("users", "invite", "--admin")


def test_a_key_is_printed_alone_and_only_its_hash_is_kept(data: Path) -> None:
    done("users", "add", "root", "--role", "admin", "--password", sent="correct horse battery\n")
    text = done("keys", "add", "root", "--name", "app", "--scope", "tasks:read", "--days", "1").strip()
    found = read_key(text)
    assert found is not None
    assert found[1] == digest_of(text.rsplit("_", 1)[1])
    assert text.rsplit("_", 1)[1].encode() not in (data / "safelight.db").read_bytes()
    assert found[0] in done("keys", "list")
    done("keys", "revoke", found[0])
    assert found[0] not in done("keys", "list")
    lines = [json.loads(line) for line in done("audit", "--json").splitlines()]
    assert [one["what"] for one in lines] == ["key_revoked", "key_made", "user_added"]
    assert {one["via"] for one in lines} == {"console"}


def test_only_an_admin_has_keys_that_act_for_others() -> None:
    done("users", "add", "root", "--role", "admin", "--password", sent="correct horse battery\n")
    done("users", "add", "anna")
    assert run("keys", "add", "anna", "--acts").exit_code == 2
    assert run("keys", "add", "anna", "--scope", "admin").exit_code == 2
    assert done("keys", "add", "root", "--acts").startswith("sl_")
