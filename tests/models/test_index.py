from __future__ import annotations

import os
from pathlib import Path

import pytest

from safelight.models.index import IndexSettings, read_index_settings

KEY = "index-url"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose configuration files are all under a folder of its own."""
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
    }


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nothing_set_means_the_default_index() -> None:
    assert read_index_settings({"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}) == IndexSettings()


def test_the_environment_of_pip_is_read(environ: dict[str, str], tmp_path: Path) -> None:
    certificates = write(tmp_path / "ca.pem", "")
    found = read_index_settings(
        environ
        | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "https://one/simple",
            "PIP_EXTRA_INDEX_URL": "https://two/simple file:///three",
            "PIP_FIND_LINKS": "/wheels",
            "PIP_NO_INDEX": "true",
            "PIP_CERT": str(certificates),
            "PIP_TRUSTED_HOST": "one",
        }
    )
    assert found == IndexSettings(
        indexes=("https://one/simple",),
        extra_indexes=("https://two/simple", "file:///three"),
        find_links=("/wheels",),
        no_index=True,
        ca_file=certificates,
        trusted_hosts=("one",),
    )


def test_configuration_files_of_pip_are_read_later_ones_winning_and_the_environment_over_all(
    environ: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path / "xdg/pip/pip.conf", f"[global]\n{KEY} = https://shared/simple\nno-index = true\n")
    write(
        tmp_path / "config/pip/pip.conf",
        f"[global]\n{KEY} = https://user/simple\nfind_links = /a\n  /b\nno-index = 0\n",
    )
    environ["VIRTUAL_ENV"] = str(tmp_path / "venv")
    write(tmp_path / "venv/pip.conf", f"[install]\nextra-{KEY} = https://site/simple\n")
    environ["PIP_CONFIG_FILE"] = str(write(tmp_path / "last.conf", "[global]\ntrusted-host = user\n"))
    found = read_index_settings(environ)
    assert found.indexes == ("https://user/simple",)
    assert found.find_links == ("/a", "/b")
    assert found.extra_indexes == ("https://site/simple",)
    assert found.trusted_hosts == ("user",)
    assert not found.no_index
    assert read_index_settings(environ | {"PIP_INDEX_URL": "https://env/simple"}).indexes == ("https://env/simple",)


def test_configuration_that_is_broken_or_not_there_is_passed_over(environ: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / "config/pip/pip.conf", "not a configuration file")
    write(tmp_path / "config/uv/uv.toml", "index-url = = =")
    environ["PIP_CONFIG_FILE"] = str(tmp_path / "missing.conf")
    assert "https" not in str(read_index_settings(environ).indexes)


def test_the_environment_of_uv_is_read_with_names_and_credentials(environ: dict[str, str]) -> None:
    found = read_index_settings(
        environ
        | {
            "PIP_CONFIG_FILE": os.devnull,
            "UV_NO_CONFIG": "1",
            "UV_DEFAULT_INDEX": "main=https://one/simple",
            "UV_INDEX": "our-index=https://two/simple https://three/simple?a=b",
            "UV_INDEX_OUR_INDEX_USERNAME": "ann",
            "UV_INDEX_OUR_INDEX_PASSWORD": "p@ss",
            "UV_EXTRA_INDEX_URL": "https://four/simple",
            "UV_FIND_LINKS": "/a,/b",
            "UV_INSECURE_HOST": "one",
        }
    )
    assert found.indexes == ("https://one/simple",)
    assert found.extra_indexes == ("https://ann:p%40ss@two/simple", "https://three/simple?a=b", "https://four/simple")
    assert found.find_links == ("/a", "/b")
    assert found.trusted_hosts == ("one",)


def test_the_users_uv_configuration_is_read(environ: dict[str, str], tmp_path: Path) -> None:
    environ["PIP_CONFIG_FILE"] = os.devnull
    write(
        tmp_path / "config/uv/uv.toml",
        'find-links = ["/wheels"]\n[[index]]\nname = "a"\nurl = "https://a/simple"\ndefault = true\n'
        '[[index]]\nurl = "https://b/simple"\n',
    )
    found = read_index_settings(environ)
    assert (found.indexes, found.extra_indexes) == (("https://a/simple",), ("https://b/simple",))
    assert found.find_links == ("/wheels",)
    assert read_index_settings(environ | {"UV_NO_CONFIG": "1"}).find_links == ()


def test_values_that_make_no_sense_are_passed_over_or_passed_on(environ: dict[str, str]) -> None:
    environ |= {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "PIP_CERT": "~nobody-of-that-name/ca.pem"}
    environ |= {"UV_INDEX": "ours=http://[", "UV_INDEX_OURS_USERNAME": "ann"}
    found = read_index_settings(environ)
    assert found.ca_file is None
    assert found.extra_indexes == ("http://[",)
