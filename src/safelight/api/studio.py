"""The web studio: pages that were built ahead, and the policy under which a browser shows them.

The files of the bundle are listed and read once, so no path of a request ever reaches the file system.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import secrets
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

BUNDLE = Path(__file__).parents[1] / "pages"
"""Where the bundle lies once it is built."""
OTHER = "safelight_other"
"""The cookie in which the studio keeps the address of another Safelight that it works with."""

_UNBUILT = Path(__file__).parent / "templates" / "unbuilt.html"
_INTERFACE = frozenset({"api", "assets", "docs", "health", "metrics", "openapi.json"})
"""How addresses begin that are none of the studio's pages; below `assets` are its files."""
_NONCE = "__NONCE__"
_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_LONGEST_ORIGIN = 255
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:{other}; "
    "font-src 'self'; connect-src 'self'{other}; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
_BARE_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = MappingProxyType({
    "Cache-Control": "no-cache, private",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{one}=()"
        for one in (
            "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
            "midi", "payment", "usb",
        )
    ),
    "Vary": "Cookie",
})  # fmt: skip
_TEXT: Mapping[str, str] = MappingProxyType({
    ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
})  # fmt: skip
"""Media types of what is worth packing."""
_MEDIA: Mapping[str, str] = MappingProxyType({
    **_TEXT, ".avif": "image/avif", ".ico": "image/x-icon", ".jpg": "image/jpeg", ".png": "image/png",
    ".wasm": "application/wasm", ".webp": "image/webp", ".woff2": "font/woff2",
})  # fmt: skip


class Pages:
    """Answers with the pages and files of the studio."""

    def __init__(self, folder: Path) -> None:
        """Read the bundle; where there is none, its pages say how it is built."""
        found = {
            f"/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*")) if path.is_file()
        }
        index = found.pop("/index.html", None)
        self._page = _Page(index or _UNBUILT, _POLICY if index else _BARE_POLICY)
        # Names that begin with a dot are not the bundle's, but of those who made it.
        self._files = {name: _File(name, path) for name, path in found.items() if "/." not in name} if index else {}

    def shows(self, path: str) -> bool:
        """Tell whether an address is one of the studio's, and neither one of the interface nor a file it lacks."""
        if path in self._files:
            return True
        return path.removeprefix("/").split("/", 1)[0] not in _INTERFACE and Path(path).suffix.lower() not in _MEDIA

    def before(self, missing: ASGIApp) -> ASGIApp:
        """Give what answers where no route does: with the studio, or as ``missing`` does where that has nothing."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            asked = scope["type"] == "http" and scope["method"] == "GET"
            found = await self._answer(scope["path"], Headers(scope=scope)) if asked else None
            await (found or missing)(scope, receive, send)

        return answer

    async def _answer(self, path: str, headers: Headers) -> Response | None:
        if path in self._files:
            return await self._files[path].answer(headers)
        wanted = path == "/" or (self.shows(path) and "text/html" in headers.get("accept", "").lower())
        return self._page.answer(headers) if wanted else None


class _Page:
    """The one page: which part of the studio it is to show, it reads from its address."""

    def __init__(self, path: Path, policy: str) -> None:
        self._text = path.read_text(encoding="utf-8")
        self._policy = policy

    def answer(self, headers: Headers) -> Response:
        """Give the page, or 304 where the browser has it.

        A page that a browser kept holds the nonce of then; so the tag has it, and 304 tells the same again.
        """
        other = other_origin(headers.get("cookie", ""))
        digest = hashlib.sha256(f"{self._policy}\n{other}\n{self._text}".encode()).hexdigest()[:20]
        kept = re.search(rf'"{digest}\.([A-Za-z0-9_-]{{22}})"', headers.get("if-none-match", ""))
        nonce = kept[1] if kept else secrets.token_urlsafe(16)
        policy = self._policy.format(nonce=nonce, other=f" {other}" if other else "")
        found = {**_HEADERS, "Content-Security-Policy": policy, "ETag": f'"{digest}.{nonce}"'}
        if kept:
            return Response(status_code=304, headers=found)
        return Response(self._text.replace(_NONCE, nonce), headers=found, media_type="text/html")


class _File:
    """A file of the bundle. What is below ``assets`` has a hash in its name and never changes."""

    def __init__(self, name: str, path: Path) -> None:
        self._data = path.read_bytes()
        suffix = path.suffix.lower()
        self._packable = suffix in _TEXT
        self._headers = {
            "Cache-Control": "public, max-age=31536000, immutable" if name.startswith("/assets/") else "no-cache",
            "Content-Type": _MEDIA.get(suffix, "application/octet-stream"),
            "ETag": f'W/"{hashlib.sha256(self._data).hexdigest()[:20]}"',
        }
        if self._packable:
            self._headers["Vary"] = "Accept-Encoding"

    async def answer(self, headers: Headers) -> Response:
        """Give the file, packed where the browser takes that, or 304 where it has it."""
        if self._headers["ETag"].removeprefix("W/") in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=self._headers)
        if self._packable and _takes_gzip(headers.get("accept-encoding", "")):
            packed = await asyncio.to_thread(lambda: self._packed)
            return Response(packed, headers={**self._headers, "Content-Encoding": "gzip"})
        return Response(self._data, headers=self._headers)

    @cached_property
    def _packed(self) -> bytes:
        return gzip.compress(self._data, mtime=0)


def other_origin(cookies: str) -> str:
    """Give the address of another Safelight that the page works with, from a Cookie header; empty if there is none.

    It becomes part of a policy: so it is taken only if it is a plain origin and nothing else.
    """
    origin = unquote(cookie_parser(cookies).get(OTHER, ""))
    return origin if len(origin) <= _LONGEST_ORIGIN and _ORIGIN.fullmatch(origin) else ""


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False
