"""Where this user's Python packages come from: the settings that pip and uv read, and nothing of our own.

Asset packages are pinned by the SHA-256 of their archive, so any index that has the archive will do: all that the
user named are asked, and only where no index is named at all does the finder's own default apply.
"""

from __future__ import annotations

import configparser
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """What is known about the user's package indexes."""

    indexes: tuple[str, ...] = ()
    """Indexes named in place of the default one; empty = the default one is asked."""
    extra_indexes: tuple[str, ...] = ()
    """Indexes asked as well."""
    find_links: tuple[str, ...] = ()
    """Folders, pages or archives to look at besides indexes."""
    no_index: bool = False
    """True: only ``find_links`` are looked at."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    trusted_hosts: tuple[str, ...] = ()
    """Hosts whose certificate is not checked."""


def read_index_settings(environ: Mapping[str, str]) -> IndexSettings:
    """Read the settings of pip and uv from an environment and from the configuration files that it points to.

    Files that are not there or cannot be read are passed over: they are other programs' files.
    """
    pip = _pip_options(environ)
    uv = _uv_options(environ)

    def pip_list(name: str) -> list[str]:
        return environ.get(f"PIP_{name.upper()}", pip.get(name.replace("_", "-"), "")).split()

    def words(variable: str, between: str | None = None) -> list[str]:
        return [word.strip() for word in environ.get(variable, "").split(between)]

    named = [_with_credentials(one, environ) for one in words("UV_INDEX")]
    uv_default = words("UV_DEFAULT_INDEX") or words("UV_INDEX_URL")
    no_index = environ.get("PIP_NO_INDEX", pip.get("no-index", "")).lower() in _TRUE
    cert = environ.get("PIP_CERT") or pip.get("cert") or environ.get("REQUESTS_CA_BUNDLE") or ""
    cert = cert or environ.get("CURL_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or ""
    ca_file = Path(os.path.expanduser(cert)) if cert else None  # noqa: PTH111, that of Path refuses unknown users
    return IndexSettings(
        indexes=_once([*pip_list("index_url"), *map(_url_only, uv_default), *uv.indexes]),
        extra_indexes=_once([*pip_list("extra_index_url"), *named, *words("UV_EXTRA_INDEX_URL"), *uv.extra_indexes]),
        find_links=_once([*pip_list("find_links"), *words("UV_FIND_LINKS", ","), *uv.find_links]),
        no_index=no_index or environ.get("UV_NO_INDEX", "").lower() in _TRUE or uv.no_index,
        ca_file=ca_file if ca_file is not None and ca_file.is_file() else None,
        trusted_hosts=_once([*pip_list("trusted_host"), *words("UV_INSECURE_HOST"), *uv.trusted_hosts]),
    )


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _config_home(environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    return Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME") or Path.home()) / ".config")


def _pip_options(environ: Mapping[str, str]) -> dict[str, str]:
    """Give pip's options by name; later files win, as pip has it."""
    chosen = environ.get("PIP_CONFIG_FILE", "")
    if chosen == os.devnull:
        return {}
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "win32":
        shared, user = (
            [Path(environ.get("PROGRAMDATA", "C:/ProgramData")) / "pip" / "pip.ini"],
            [home / "pip" / "pip.ini"],
        )
    elif sys.platform == "darwin":
        support = Path("Library/Application Support/pip/pip.conf")
        shared, user = [Path("/") / support], [home / ".pip" / "pip.conf", home / support]
    else:
        folders = [Path(part) for part in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep) if part]
        shared = [*(folder / "pip" / "pip.conf" for folder in folders), Path("/etc/pip.conf")]
        user = [home / ".pip" / "pip.conf"]
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    site = [Path(prefix) / name for prefix in _once([sys.prefix, environ.get("VIRTUAL_ENV", "")])]
    candidates = [*shared, *user, _config_home(environ) / "pip" / name, *site]
    options: dict[str, str] = {}
    for path in [*candidates, *([Path(chosen)] if chosen else [])]:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        for section in ("global", "install", "download"):
            if parser.has_section(section):
                options.update((key.replace("_", "-"), value) for key, value in parser.items(section) if value)
    return options


def _uv_options(environ: Mapping[str, str]) -> IndexSettings:
    """Give what uv's configuration of the system and of the user say; ``UV_CONFIG_FILE`` replaces both."""
    if environ.get("UV_NO_CONFIG", "").lower() in _TRUE:
        return IndexSettings()
    usual = [_config_home(environ) / "uv" / "uv.toml", Path("/etc/uv/uv.toml")]
    paths = [Path(environ["UV_CONFIG_FILE"])] if environ.get("UV_CONFIG_FILE") else usual
    read = [_uv_file(path, environ) for path in paths]
    return IndexSettings(
        indexes=next((one.indexes for one in read if one.indexes), ()),
        extra_indexes=_once(url for one in read for url in one.extra_indexes),
        find_links=_once(url for one in read for url in one.find_links),
        no_index=any(one.no_index for one in read),
        trusted_hosts=_once(host for one in read for host in one.trusted_hosts),
    )


def _uv_file(path: Path, environ: Mapping[str, str]) -> IndexSettings:
    try:
        table: Mapping[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return IndexSettings()

    def strings(name: str) -> list[str]:
        value = table.get(name)
        return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]

    default, more = strings("index-url"), strings("extra-index-url")
    entries = table.get("index")
    for entry in entries if isinstance(entries, list) else []:
        url = entry.get("url") if isinstance(entry, dict) else None
        if isinstance(url, str):
            name = entry.get("name")
            url = _with_credentials(f"{name}={url}" if isinstance(name, str) else url, environ)
            (default if entry.get("default") is True else more).append(url)
    return IndexSettings(
        indexes=tuple(default),
        extra_indexes=tuple(more),
        find_links=tuple(strings("find-links")),
        no_index=table.get("no-index") is True,
        trusted_hosts=tuple(strings("allow-insecure-host")),
    )


def _url_only(index: str) -> str:
    """Take the address out of uv's ``name=address``."""
    named = re.match(r"[\w.-]+=(?=\w+://|/|\.)", index)
    return index[named.end() :] if named else index


def _with_credentials(index: str, environ: Mapping[str, str]) -> str:
    """Put uv's ``UV_INDEX_<NAME>_USERNAME`` and ``_PASSWORD`` into the address of a named index."""
    url = _url_only(index)
    name = index[: -len(url) - 1] if url != index else ""
    variable = "UV_INDEX_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    user, password = environ.get(f"{variable}_USERNAME", ""), environ.get(f"{variable}_PASSWORD", "")
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not name or not (user or password) or "@" in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"))
