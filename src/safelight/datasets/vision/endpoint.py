"""Where a caption server is and how it is asked. Its key is no part of it, so that it can be shown and written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httpx2
from pydantic import ConfigDict, Field, ValidationError, field_validator

from safelight.datasets.value import Value
from safelight.errors import SettingsError
from safelight.settings import Settings

Judge = Callable[[str, int], Sequence[str]]
"""Takes a host and a port, and gives the addresses that may be connected to; raises a SafelightError where none may."""


class Endpoint(Value):
    """A caption server."""

    # What was typed into the wrong field may be the key.
    model_config = ConfigDict(hide_input_in_errors=True)

    base_url: str = Field(
        max_length=2_000, description="Its address as its maker writes it, as `http://127.0.0.1:11434/v1`."
    )
    models: tuple[str, ...] = Field(
        min_length=1, max_length=20, description="Its models, the preferred one first; the others stand in for it."
    )
    timeout_s: float = Field(default=60, gt=0, le=600, description="Longest wait for one answer, in seconds.")
    retries: int = Field(default=2, ge=0, le=10, description="How often a model is asked again that does not answer.")
    concurrency: int = Field(default=2, ge=1, le=64, description="Most questions at a time.")
    max_calls: int = Field(default=0, ge=0, description="Most calls in one build; 0 = no limit.")

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        """Without a slash at the end. A user and a password are refused: what is shown of an address is all of it."""
        text = value.strip().rstrip("/")
        parts = urlsplit(text)
        if any(ord(sign) <= 32 or ord(sign) == 127 for sign in text) or "\\" in text:
            raise ValueError("no spaces in an address")
        try:
            _ = parts.port
        except ValueError:
            raise ValueError("the port of an address is a number up to 65535") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with http:// or https://")
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            raise ValueError("an address has no user, password, query or fragment; the key is given by itself")
        try:
            httpx2.URL(text)
        except (httpx2.InvalidURL, ValueError):
            # Whoever asks the server reads it once more, and more strictly.
            raise ValueError("the host of an address is a name, or an address as 192.168.1.4 or [fd00::4]") from None
        return text

    @field_validator("models")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name.strip() for name in value if name.strip()))
        if not names:
            raise ValueError("at least one model is needed")
        return names

    @property
    def host(self) -> str:
        """Who it is, as the ledger says it: with the port where it is not the usual one."""
        parts = urlsplit(self.base_url)
        name = parts.hostname or ""
        return f"[{name}]" * (":" in name) + name * (":" not in name) + ("" if parts.port is None else f":{parts.port}")


def endpoint_of(settings: Settings) -> Endpoint | None:
    """Give the caption server of the settings; None = there is none.

    Raises:
        SettingsError: it cannot be used.
    """
    if not settings.caption_url:
        return None
    models = tuple(name.strip() for name in settings.caption_models.split(",") if name.strip())
    try:
        return Endpoint(base_url=settings.caption_url, models=models)
    except ValidationError as error:
        first = error.errors()[0]
        name = "SAFELIGHT_CAPTION_MODELS" if first["loc"][:1] == ("models",) else "SAFELIGHT_CAPTION_URL"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
