"""Only ordinary files are opened, and nothing waits for what is something else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from photo_files import noise, opened, vips

from safelight.errors import PhotoError
from safelight.imaging.ifd import tiff_pages
from safelight.imaging.regular import open_regular
from safelight.imaging.tiffexif import exif_from_tiff, iptc_from_tiff

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices")
READERS = pytest.mark.parametrize("read", [opened, open_regular, tiff_pages, exif_from_tiff, iptc_from_tiff])


def test_an_ordinary_file_is_opened_through_a_link_as_well(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "link").symlink_to("a")
    for name in ("a", "link"):
        with open_regular(tmp_path / name) as file:
            assert file.read() == b"content"


@POSIX
@READERS
def test_a_pipe_or_a_device_is_refused_at_once(tmp_path: Path, read: object) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe.png", tmp_path / "link.png", tmp_path / "zero.png", Path("/dev/zero")):
        with pytest.raises(PhotoError, match=f"^{path.name}: this is not an ordinary file$"):
            read(path)


@POSIX
def test_what_becomes_a_pipe_after_a_look_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    looked = (tmp_path / "file").stat()
    os.mkfifo(tmp_path / "pipe.png")
    monkeypatch.setattr(Path, "stat", lambda *_, **__: looked)
    with pytest.raises(PhotoError, match="not an ordinary file"):
        open_regular(tmp_path / "pipe.png")


_MAY_NOT = """
import os, sys
from pathlib import Path
from safelight.errors import PhotoError
from safelight.imaging.codecs import open_photo

os.chdir(sys.argv[1])
open_photo(Path("open.png"), max_pixels=10**6).pixels()
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
# Whoever this is now, it can come here and read what it may.
open_photo(Path("open.png"), max_pixels=10**6).pixels()
try:
    open_photo(Path("closed.png"), max_pixels=10**6)
except PhotoError as error:
    print(error)
"""


@POSIX
def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name, mode in (("open.png", 0o644), ("closed.png", 0)):
        vips(noise()).pngsave(str(tmp_path / name))
        (tmp_path / name).chmod(mode)
    # The administrator may read everything, so the child becomes somebody else.
    done = subprocess.run(
        [sys.executable, "-c", _MAY_NOT, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("closed.png: the file may not be read\n", "")
