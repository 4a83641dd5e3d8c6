"""Passwords, keys and tokens by themselves."""

from __future__ import annotations

import time

import jwt
import pytest
from argon2 import PasswordHasher
from jwt.warnings import InsecureKeyLengthWarning

from safelight.accounts.jwts import VALID_S, Tokens
from safelight.accounts.keys import digest_of, new_key, read_key
from safelight.accounts.names import checked_name
from safelight.accounts.password import Passwords
from safelight.accounts.role import Role
from safelight.accounts.scope import Scope, needed, scopes_of
from safelight.errors import BadRequestError

SECRET = b"a secret of this service, 32 bytes"
PASSWORD = "correct horse battery"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def test_a_password_is_kept_as_argon2id_and_known_again() -> None:
    kept = Passwords().hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert Passwords().fits(PASSWORD, kept)
    assert not Passwords().fits(PASSWORD + "x", kept)
    assert not Passwords().fits("", kept)


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$m=64,t=1,p=1$bad$bad"])
def test_where_no_password_is_kept_none_fits(kept: str | None) -> None:
    assert not CHEAP.fits(PASSWORD, kept)
    assert not CHEAP.fits("the password of nobody", kept)


def test_it_takes_as_long_where_there_is_no_such_user() -> None:
    passwords = Passwords()
    kept = passwords.hashed(PASSWORD)
    passwords.fits(PASSWORD, None)

    def took(against: str | None) -> float:
        # In time of this thread, as the machine may be busy; the least of some, as a pause may come in between.
        times = []
        for _ in range(5):
            start = time.thread_time()
            passwords.fits("another password", against)
            times.append(time.thread_time() - start)
        return min(times)

    there, nowhere = took(kept), took(None)
    assert nowhere > 0.5 * there
    assert there > 0.5 * nowhere
    assert there > 0.002


def test_what_keyboards_write_in_two_ways_is_one_password() -> None:
    assert CHEAP.fits("cafe\u0301 de nuit", CHEAP.hashed("caf\u00e9 de nuit"))


@pytest.mark.parametrize("text", ["short", "x" * 257, ""])
def test_a_password_that_is_too_short_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="10 to 256"):
        CHEAP.hashed(text)


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    kept = CHEAP.hashed(PASSWORD)
    assert not CHEAP.outdated(kept)
    assert Passwords().outdated(kept)


def test_a_key_says_its_id_and_is_kept_as_a_hash() -> None:
    made = new_key()
    assert read_key(made.text) == (made.id, made.digest)
    secret = made.text.rsplit("_", 1)[1]
    assert made.digest == digest_of(secret)
    assert secret not in made.digest
    assert new_key().text != made.text


@pytest.mark.parametrize(
    "text", ["", "sl_", "sl_0_0", "Sl_" + "0" * 16 + "_" + "0" * 64, "sl_" + "0" * 16 + "_" + "0" * 63]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert read_key(text) is None


def test_a_token_is_known_again_and_says_for_whom_it_is() -> None:
    text, expires = Tokens(SECRET).make("anna", "key:1")
    found = Tokens(SECRET).read(text)
    assert found is not None
    assert (found.user, found.handle, found.expires) == ("anna", "key:1", expires)
    assert 0 < expires - time.time() <= VALID_S


def forged(**changes: object) -> str:
    """A token as the service makes them, but for what is changed; signed with the key of the service."""
    at = int(time.time())
    claims: dict[str, object] = {
        "iss": "safelight", "aud": "safelight", "sub": "anna", "iat": at, "exp": at + 60, "jti": "1", "with": "key:1",
        **changes,
    }  # fmt: skip
    return jwt.encode({key: value for key, value in claims.items() if value is not None}, Tokens(SECRET)._key, "HS256")


def test_a_token_has_to_say_all_it_has_to() -> None:
    read = Tokens(SECRET).read
    assert read(forged()) is not None
    for name in ("iss", "aud", "sub", "iat", "exp", "jti", "with"):
        assert read(forged(**{name: None})) is None, name
    for changes in (
        {"iss": "other"}, {"aud": "other"}, {"exp": int(time.time()) - 60}, {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600}, {"with": 1}, {"exp": "soon"},
    ):  # fmt: skip
        assert read(forged(**changes)) is None, changes


def test_a_token_that_is_not_signed_by_this_service_is_none() -> None:
    tokens = Tokens(SECRET)
    text, _ = tokens.make("anna", "key:1")
    head, body, signature = text.split(".")
    claims = jwt.decode(text, options={"verify_signature": False})
    with pytest.warns(InsecureKeyLengthWarning):
        other_algorithm = jwt.encode(claims, tokens._key, algorithm="HS512")
    for other in (
        Tokens(b"the secret of another service 32").make("anna", "key:1")[0],
        jwt.encode(claims, "", algorithm="none"), f"{head}.{body}.", f"{head}.{body}", f"..{signature}",
        other_algorithm, f"{head}.{body}.{signature[:-2]}aa", "", "a.b.c",
        "." * 10_000, text + "." + signature,
    ):  # fmt: skip
        assert tokens.read(other) is None, other[:80]


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "local", "-a", "a" * 65, "a\x00", "../x", "invites"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(BadRequestError):
        checked_name(name)


def test_a_name_has_one_form() -> None:
    assert checked_name(" Anna.Mann@Example.org ") == "anna.mann@example.org"
    assert checked_name("ＡＮＮＡ") == "anna"
    assert checked_name("李雷") == "李雷"


def test_each_role_may_do_what_the_one_before_it_may() -> None:
    user, operator, admin = (scopes_of(role) for role in Role)
    assert user < operator < admin == frozenset(Scope)
    assert user == {Scope.READ, Scope.WRITE, Scope.DATASETS}
    assert operator - user == {Scope.OPERATE}


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/tasks", "tasks:read"), ("POST", "/tasks", "tasks:write"), ("DELETE", "/photos/1", "tasks:write"),
        ("GET", "/models", "tasks:read"), ("POST", "/models/x/pull", "operate"), ("POST", "/queue/pause", "operate"),
        ("GET", "/metrics", "operate"), ("PUT", "/workflows/a", "operate"), ("POST", "/workflows/check", "tasks:write"),
        ("GET", "/datasets", "datasets"), ("POST", "/datasets/1/build", "datasets"), ("GET", "/users", "admin"),
        ("GET", "/keys", "admin"), ("GET", "/audit", "admin"), ("GET", "/account", None), ("GET", "/ws", "tasks:read"),
    ],
)  # fmt: skip
def test_what_a_request_needs(method: str, path: str, scope: str | None) -> None:
    assert needed(method, path) == scope
