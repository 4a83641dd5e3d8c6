"""Settings: what is read from the environment, and what is refused with its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from platformdirs import user_data_path

from safelight import settings as settings_module
from safelight.errors import SettingsError
from safelight.settings import Settings, load_settings
from safelight.tasks.database import Database


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODELS_DIR", "~nobody-of-that-name/x"),
        ("MODELS_DIR", f"models{os.pathsep}~nobody-of-that-name/x"),
        ("DATA_DIR", "~nobody-of-that-name/x"),
        ("THREADS", "1025"),
        ("THREADS", "-1"),
        ("THREADS", "many"),
        ("THREADS", "9" * 30),
        ("DEVICE", "toaster"),
        ("PRECISION", "int8"),
        ("AUTO_PULL", "perhaps"),
        ("MEMORY_MB", "1"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SAFELIGHT_{name}", value)
    with pytest.raises(SettingsError, match=f"SAFELIGHT_{name}: "):
        load_settings()


def test_a_home_folder_is_put_in_place_of_its_sign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAFELIGHT_DATA_DIR", "~/xx")
    assert load_settings().data_dir == tmp_path / "xx"
    assert load_settings().model_folders == (tmp_path / "xx" / "models",)
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", f"~/one{os.pathsep}~/two")
    assert load_settings().model_folders == (tmp_path / "one", tmp_path / "two")


def test_an_empty_data_folder_means_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFELIGHT_DATA_DIR", "")
    assert load_settings().data_dir == user_data_path("safelight", appauthor=False)


def test_as_many_threads_as_allowed_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFELIGHT_THREADS", "1024")
    assert load_settings().threads == 1024


def test_whatever_goes_wrong_while_reading_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise RuntimeError("there is no home")

    monkeypatch.delenv("SAFELIGHT_DATA_DIR")
    monkeypatch.setattr(settings_module, "user_data_path", fail)
    with pytest.raises(SettingsError, match="there is no home"):
        load_settings()


def test_a_chosen_device_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFELIGHT_DEVICE", "mps")
    assert load_settings(device="cpu").device == "cpu"
    assert Settings().device == "mps"


@pytest.mark.parametrize("name", ["plain", "w?x", "a%20b", "a b#c&d=e", "100%", "家"])
def test_the_database_lies_in_the_data_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    settings = Settings(data_dir=tmp_path / name)
    database = Database(settings.database_address)
    assert database.engine.url.database == str(tmp_path / name / "safelight.db")
    with database.write():
        pass
    database.close()
    assert (tmp_path / name / "safelight.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_names_of_the_services_before_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFYUI_BASE_URL", "http://10.0.0.5:8188/")
    monkeypatch.setenv("MAX_CONCURRENT_TASKS", "3")
    monkeypatch.setenv("TASK_CLEANUP_HOURS", "36")
    monkeypatch.setenv("BASE_URL", "https://photos.example")
    settings = load_settings()
    assert settings.comfyui_servers == ("http://10.0.0.5:8188",)
    assert settings.max_concurrent_tasks == 3
    assert settings.kept_days == 1.5
    assert settings.public_url == "https://photos.example"


def test_a_new_name_goes_before_an_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFYUI_BASE_URL", "http://old:8188")
    monkeypatch.setenv("SAFELIGHT_COMFYUI_URLS", "http://a:8188, http://b:8188,http://a:8188/")
    assert load_settings().comfyui_servers == ("http://a:8188", "http://b:8188")


def test_a_comma_in_a_password_parts_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFELIGHT_COMFYUI_URLS", "http://me:a,b%2Cc@one:8188,\n HTTPS://two, ,http://three,")
    assert load_settings().comfyui_servers == ("http://me:a,b%2Cc@one:8188", "HTTPS://two", "http://three")


def test_an_old_name_with_nonsense_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASK_CLEANUP_HOURS", "soon")
    with pytest.raises(SettingsError, match="TASK_CLEANUP_HOURS"):
        load_settings()
