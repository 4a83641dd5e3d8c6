"""Settings, read once from the environment and passed down; nothing changes them afterwards."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import quote

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from safelight.errors import SettingsError

_KEPT_FOR_OTHERS = 7.0
_BETWEEN_URLS = re.compile(r",(?=[\s,]*(?:https?://|$))", re.IGNORECASE)
_OLD_NAMES: Mapping[str, str] = MappingProxyType({
    "COMFYUI_BASE_URL": "comfyui_urls", "MAX_CONCURRENT_TASKS": "max_concurrent_tasks",
    "TASK_CLEANUP_HOURS": "retention_days", "BASE_URL": "public_url", "REDIS_URL": "redis_url",
    "MODELSCOPE_CACHE": "modelscope_dir", "MODELSCOPE_TOKEN": "caption_key",
})  # fmt: skip
"""Settings by names that services before Safelight, or ModelScope, have for them; Safelight's own go before them."""


def _usual_data_dir() -> Path:
    return user_data_path("safelight", appauthor=False)


def _expanded(path: str | Path) -> Path:
    """Put a home folder in place of ``~`` and ``~name``; a ValueError if there is none of that name."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{path} cannot be used: {error}") from error


class Settings(BaseSettings):
    """All settings. Each is read from the environment variable ``SAFELIGHT_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="SAFELIGHT_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=_usual_data_dir,
        description="Where Safelight keeps what must last: fetched weights, measured speeds.",
    )
    models_dir: str = Field(
        default="",
        description="Folders with model files, separated like PATH; the first one takes what is fetched. "
        "Empty: the folder `models` under the data folder.",
    )
    modelscope_dir: str = Field(
        default="",
        description="Cache of ModelScope, where models of yours from there are found; MODELSCOPE_CACHE is read too. "
        "Empty: `~/.cache/modelscope`.",
    )
    auto_pull: bool = Field(default=True, description="Fetch missing weights on first use.")
    accept_licences: str = Field(
        default="", description="Licences accepted ahead, separated by commas, as `safelight models list` names them."
    )
    device: str = Field(default="auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", description="Where networks run.")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="Arithmetic of the network's body; auto takes the fastest that keeps the picture."
    )
    threads: int = Field(default=0, ge=0, le=1024, description="Threads for networks; 0 = one per core.")
    memory_mb: int = Field(
        default=768,
        ge=64,
        description="Working memory for one tile on the CPU, in MB. The default tile follows from this number and not "
        "from what happens to be free, so that results repeat.",
    )
    model_memory_mb: int = Field(default=2048, ge=64, description="Memory for models that stay resident, in MB.")
    resident_models: int = Field(default=1, ge=1, description="How many idle models of more than 32 MB stay resident.")
    max_input_pixels: int = Field(default=250_000_000, ge=1, description="Largest photo accepted, in pixels.")
    max_output_pixels: int = Field(default=2_000_000_000, ge=1, description="Largest result made, in pixels.")

    database_url: str = Field(
        default="",
        description="Address of the database. Empty: a SQLite file in the data folder. PostgreSQL: "
        "`postgresql://user:password@host/name`, with the extra `safelight[postgres]`.",
    )
    store_url: str = Field(
        default="", description="Where photos and results are kept. Empty: the folder `files` under the data folder."
    )
    host: str = Field(default="127.0.0.1", description="Address that the service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the service listens on; 0 = any free one.")
    public_url: str = Field(
        default="",
        description="How the service is reached from outside, as `https://photos.example`; "
        "absolute links begin with it. Empty: as the request came.",
    )
    token: str = Field(
        default="",
        description="A secret that every request has to show as `Authorization: Bearer ...`. The service "
        "listens beyond loopback only with a token, or for trusted networks.",
    )
    trusted_networks: str = Field(
        default="",
        description="Networks whose clients need no token and may act for any user, separated by commas, "
        "as `10.0.0.0/8`.",
    )
    accounts: bool = Field(
        default=False,
        description="Everybody signs in, or shows a key. Without it there are accounts from the first user on "
        "(`safelight users add`); with it the service makes a link for the first admin when it starts.",
    )
    cors_origins: str = Field(
        default="",
        description="Web pages that may call the service from a browser: their origins, separated by "
        "commas; `null` for pages opened from a file.",
    )
    allowed_hosts: str = Field(
        default="",
        description="Names, beside loopback and those of SAFELIGHT_PUBLIC_URL and SAFELIGHT_HOST, by which "
        "the service may be called, separated by commas.",
    )
    fetch_allow: str = Field(
        default="",
        description="Hosts or networks that `image_url` may reach although they are private, separated by commas.",
    )
    enhance_preset: str = Field(default="general", description="The preset of POST /enhance if none is named.")
    preload: str = Field(default="", description="Models to load when a worker starts, separated by commas.")
    workers: int = Field(default=1, ge=1, le=64, description="Most workers at a time; they grow with the backlog.")
    workers_min: int = Field(default=1, ge=0, le=64, description="Workers that stay when there is nothing to do.")
    worker_devices: str = Field(
        default="",
        description="Devices of the workers in turn, separated by commas, as `cuda:0,cuda:1`. "
        "Empty: SAFELIGHT_DEVICE for all.",
    )
    lease_s: float = Field(
        default=30, ge=0.5, description="After so many seconds without a sign of life a worker loses its task."
    )
    task_timeout_s: float = Field(default=21_600, gt=0, description="Longest time for one task, in seconds.")
    cancel_grace_s: float = Field(
        default=30, gt=0, description="A worker that goes on for so many seconds after a cancel is killed."
    )
    comfyui_urls: str = Field(
        default="",
        description="Addresses of ComfyUI servers that paint styles, separated by commas, as `http://10.0.0.5:8188`. "
        "Signs with a meaning in addresses, as `@`, `/` and `#`, are written as `%40`, `%2F` and `%23` in a password. "
        "Empty: styles are painted on this machine.",
    )
    comfyui_checkpoint: str = Field(
        default="", description="Checkpoint of style workflows, as the servers call it; empty = as they say."
    )
    comfyui_fallback: Literal["wait", "local"] = Field(
        default="wait",
        description="What becomes of styles while no ComfyUI server answers: they wait, or this machine paints them, "
        "from 30 seconds on.",
    )
    comfyui_capacity: int = Field(
        default=2, ge=1, le=64, description="Most tasks that one ComfyUI server has at a time: one to do, one next."
    )
    comfyui_stall_s: float = Field(
        default=300, gt=0, description="A ComfyUI server that does nothing visible for so many seconds is given up."
    )
    max_concurrent_tasks: int = Field(
        default=10, ge=1, le=512, description="Most tasks that ComfyUI servers do at a time, all together; others wait."
    )
    workflows_dir: str = Field(
        default="", description="Folder with one's own ComfyUI workflows. Empty: `workflows` under the data folder."
    )
    datasets_dir: str = Field(
        default="",
        description="Folder with the datasets of the service. Empty: `datasets` under the data folder. With several "
        "machines it has to be one that all of them share.",
    )
    styles_dir: str = Field(
        default="", description="Folder with one's own styles. Empty: `styles` under the data folder."
    )
    caption_url: str = Field(
        default="",
        description="Address of a caption server that speaks OpenAI's protocol, as `http://127.0.0.1:11434/v1`. "
        "Empty: captions are written on this machine.",
    )
    caption_key: str = Field(default="", repr=False, description="Key of the caption server. Empty: it needs none.")
    caption_models: str = Field(
        default="", description="Models of the caption server, separated by commas, the preferred one first."
    )
    max_waiting: int = Field(default=20_000, ge=1, description="Most tasks that may wait; more get 429.")
    user_rate: str = Field(
        default="3000/minute",
        description="How often somebody with an account may ask, as `3000/minute` or `20/second;3000/hour`; more get "
        "429. Empty: as often as they like.",
    )
    user_tasks: int = Field(
        default=0, ge=0, description="Most tasks of one user that wait or run; more get 429. 0 = no limit."
    )
    user_storage_mb: int = Field(
        default=0,
        ge=0,
        description="Most that is kept of one user's photos and results, in MB; more get 507. 0 = no limit.",
    )
    user_megapixels: int = Field(
        default=0,
        ge=0,
        description="Most pixels of photos that one user may send in a day (UTC), in millions; more "
        "get 429. 0 = no limit.",
    )
    redis_url: str = Field(
        default="",
        repr=False,
        description="Redis in which processes count requests together, as "
        "`redis://host:6379/0`, with the extra `safelight[redis]`; REDIS_URL is read too. Empty: each for itself.",
    )
    max_upload_mb: int = Field(default=1_024, ge=1, description="Largest file that may be uploaded, in MB.")
    max_batch: int = Field(default=1_000, ge=1, description="Most files in one batch request.")
    min_free_mb: int = Field(
        default=1_024, ge=0, description="New work is refused (507) when less than this is free on disk, in MB."
    )
    retention_days: float | None = Field(
        default=None, ge=0,
        description="After so many days a task that has ended is deleted, unless pinned; 0 = never. Without a value: 7 "
        "where the service listens beyond loopback, never on one's own machine.",
    )  # fmt: skip
    history_files: bool = Field(default=True, description="Write the daily history files in the data folder.")
    hook_url: str = Field(default="", description="Every task that ends is posted to this address as JSON.")
    hook_secret: str = Field(default="", description="Secret that signs what is posted to SAFELIGHT_HOOK_URL.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged.")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _data_dir(cls, value: object) -> object:
        """Nothing means the usual folder, as if the variable were not there."""
        if value == "":
            return _usual_data_dir()
        return _expanded(value) if isinstance(value, str | Path) else value

    @field_validator("models_dir", "modelscope_dir")
    @classmethod
    def _models_dir(cls, value: str) -> str:
        """Refuse a folder that cannot be told now rather than at its first use."""
        _folders(value)
        return value

    @property
    def kept_days(self) -> float:
        """After how many days a task that has ended is deleted; 0 = never."""
        if self.retention_days is not None:
            return self.retention_days
        return 0.0 if is_loopback(self.host) else _KEPT_FOR_OTHERS

    @property
    def database_address(self) -> str:
        """The address of the database: the one that was set, or that of the SQLite file in the data folder."""
        return self.database_url or sqlite_address(self.data_dir / "safelight.db")

    @property
    def comfyui_servers(self) -> tuple[str, ...]:
        """The addresses of the ComfyUI servers, each once."""
        # A comma may be in a password: only one before another address parts two.
        found = (one.strip(" ,\t\r\n").rstrip("/") for one in _BETWEEN_URLS.split(self.comfyui_urls))
        return tuple(dict.fromkeys(one for one in found if one))

    @property
    def workflow_folder(self) -> Path:
        """The folder with the operator's own workflows."""
        return _expanded(self.workflows_dir) if self.workflows_dir else self.data_dir / "workflows"

    @property
    def style_folder(self) -> Path:
        """The folder with the operator's own styles."""
        return _expanded(self.styles_dir) if self.styles_dir else self.data_dir / "styles"

    @property
    def dataset_folder(self) -> Path:
        """The folder with the datasets of the service."""
        return _expanded(self.datasets_dir) if self.datasets_dir else self.data_dir / "datasets"

    @property
    def model_folders(self) -> tuple[Path, ...]:
        """The folders where models are looked for, in order; fetched weights go to the first."""
        return _folders(self.models_dir) or (self.data_dir / "models",)

    @property
    def modelscope_folders(self) -> tuple[Path, ...]:
        """The folders of ModelScope's cache in which models lie, in all its layouts; nothing is written there."""
        try:
            cache = _expanded(self.modelscope_dir or "~/.cache/modelscope")
        except ValueError:
            return ()
        return tuple(cache / part / owner for part in ("models", "hub/models", "hub", "") for owner in ("damo", "iic"))


def sqlite_address(path: Path) -> str:
    """The address of a SQLite file; what has a meaning in addresses, as ``?`` and ``%``, is escaped."""
    return f"sqlite:///{quote(str(path), safe=' +/')}"


def _folders(listed: str) -> tuple[Path, ...]:
    return tuple(_expanded(part) for part in listed.split(os.pathsep) if part)


def is_loopback(host: str) -> bool:
    """Tell whether an address or a name means this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(*, device: str | None = None) -> Settings:
    """Read the settings from the environment; ``device`` goes before it.

    Raises:
        SettingsError: a variable has a value that cannot be used.
    """
    given = {**_by_old_names(os.environ), **({} if device is None else {"device": device})}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "SAFELIGHT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
    except Exception as error:
        raise SettingsError(f"the settings cannot be read: {error}") from error


def _by_old_names(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that were given only by the names of the services that Safelight replaces.

    Raises:
        SettingsError: TASK_CLEANUP_HOURS is no number.
    """
    old = {
        name: environment[before]
        for before, name in _OLD_NAMES.items()
        if environment.get(before) and not environment.get(f"SAFELIGHT_{name.upper()}")
    }
    if "retention_days" in old:
        try:
            return {**old, "retention_days": float(old["retention_days"]) / 24}
        except ValueError as error:
            raise SettingsError(f"TASK_CLEANUP_HOURS: {old['retention_days']!r} is no number of hours") from error
    return old
