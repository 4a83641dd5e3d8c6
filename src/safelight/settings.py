"""Settings, read once from the environment and passed down; nothing changes them afterwards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from safelight.errors import SettingsError


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
    resident_models: int = Field(default=1, ge=1, description="How many idle models stay resident.")
    max_input_pixels: int = Field(default=250_000_000, ge=1, description="Largest photo accepted, in pixels.")
    max_output_pixels: int = Field(default=2_000_000_000, ge=1, description="Largest result made, in pixels.")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _data_dir(cls, value: object) -> object:
        """Nothing means the usual folder, as if the variable were not there."""
        if value == "":
            return _usual_data_dir()
        return _expanded(value) if isinstance(value, str | Path) else value

    @field_validator("models_dir")
    @classmethod
    def _models_dir(cls, value: str) -> str:
        """Refuse a folder that cannot be told now rather than at its first use."""
        _folders(value)
        return value

    @property
    def model_folders(self) -> tuple[Path, ...]:
        """The folders where models are looked for, in order; fetched weights go to the first."""
        return _folders(self.models_dir) or (self.data_dir / "models",)


def _folders(listed: str) -> tuple[Path, ...]:
    return tuple(_expanded(part) for part in listed.split(os.pathsep) if part)


def load_settings(*, device: str | None = None) -> Settings:
    """Read the settings from the environment; ``device`` goes before it.

    Raises:
        SettingsError: a variable has a value that cannot be used.
    """
    try:
        return Settings() if device is None else Settings(device=device)
    except ValidationError as error:
        first = error.errors()[0]
        name = "SAFELIGHT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error
    except Exception as error:
        raise SettingsError(f"the settings cannot be read: {error}") from error
