"""A result replaces a file only when all of it is there; until then nothing is lost."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from photo_files import exif_blob, noise, opened, smooth, vips

from safelight.errors import BrokenPhotoError, DiskFullError, OutputError
from safelight.imaging.encode import save_photo
from safelight.imaging.formats import HOLDS, Output
from safelight.imaging.photo import Metadata, Photo

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs modes, pipes and signals")
SUFFIXES = pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".avif"])


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@SUFFIXES
def test_a_photo_can_be_saved_to_the_file_it_came_from(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    array = smooth(300, 400)
    Photo.from_pixels(array, metadata=Metadata(exif=exif_blob())).save(path)
    opened(path).save(path)
    assert np.abs(opened(path).pixels().astype(int) - array).max() <= 8
    assert _names(tmp_path) == [path.name]


def test_a_broken_photo_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    vips(noise(300, 400)).pngsave(str(source))
    source.write_bytes(source.read_bytes()[:-2000])
    target.write_text("old")
    before = source.read_bytes()
    for path in (target, source):
        with pytest.raises(BrokenPhotoError):
            opened(source).save(path)
    assert target.read_text() == "old"
    assert source.read_bytes() == before
    assert _names(tmp_path) == ["a.png", "b.png"]


def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced_or_kept(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "real.png").write_text("old")
    link, dangling = tmp_path / "link.png", tmp_path / "dangling.png"
    link.symlink_to("folder/real.png")
    dangling.symlink_to("folder/fresh.png")
    source = tmp_path / "broken.png"
    vips(noise(300, 400)).pngsave(str(source))
    source.write_bytes(source.read_bytes()[:-2000])
    with pytest.raises(BrokenPhotoError):
        opened(source).save(link)
    assert (folder / "real.png").read_text() == "old"
    for path in (link, dangling):
        Photo.from_pixels(noise()).save(path)
        assert path.is_symlink()
        np.testing.assert_array_equal(opened(path).pixels(), noise())
    assert _names(folder) == ["fresh.png", "real.png"]


@POSIX
def test_the_mode_is_that_of_the_old_file_or_what_the_user_wants_for_new_ones(tmp_path: Path) -> None:
    (tmp_path / "old.png").write_text("old")
    (tmp_path / "old.png").chmod(0o640)
    umask = os.umask(0o027)
    try:
        for name in ("old.png", "new.png"):
            Photo.from_pixels(noise()).save(tmp_path / name)
    finally:
        os.umask(umask)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("old.png", "new.png")] == [0o640, 0o640]
    (tmp_path / "old.png").chmod(0o600)
    Photo.from_pixels(noise()).save(tmp_path / "old.png")
    assert stat.S_IMODE((tmp_path / "old.png").stat().st_mode) == 0o600


@POSIX
def test_pipes_and_devices_are_neither_written_nor_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "null.png").symlink_to("/dev/null")
    (tmp_path / "round.png").symlink_to("round.png")
    for name, words in [
        ("pipe.png", "not an ordinary file"),
        ("null.png", "not an ordinary file"),
        ("round.png", "symbolic links"),
        ("nul\0.png", "not a file name"),
    ]:
        with pytest.raises(OutputError, match=f"cannot be written: .*{words}") as caught:
            save_photo(Photo.from_pixels(noise()), tmp_path / name, Output())
        assert str(tmp_path / name) in str(caught.value)
    assert _names(tmp_path) == ["null.png", "pipe.png", "round.png"]
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    (tmp_path / "a.png").write_text("old")
    monkeypatch.setattr("safelight.imaging.replacing.os.fsync", full)
    with pytest.raises(DiskFullError) as caught:
        save_photo(Photo.from_pixels(noise()), tmp_path / "a.png", Output())
    assert str(tmp_path / "a.png") in str(caught.value)
    assert (tmp_path / "a.png").read_text() == "old"
    assert _names(tmp_path) == ["a.png"]


_KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from safelight.imaging import encode
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo

def killed(image, metadata, descriptor, *_):
    os.write(descriptor, b"half a file")
    os.kill(os.getpid(), signal.SIGKILL)

encode._encode = killed
encode.save_photo(Photo.from_pixels(np.zeros((4, 4, 3), np.uint8)), Path(sys.argv[1]), Output())
"""


@POSIX
def test_a_killed_process_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("old")
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "a.png")], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "a.png").read_text() == "old"
    assert [name for name in _names(tmp_path) if not name.startswith(".")] == ["a.png"]


@pytest.mark.parametrize("kind", list(HOLDS))
def test_exif_that_cannot_be_kept_costs_the_exif_and_not_the_photo(tmp_path: Path, kind: str) -> None:
    exif = bytearray(exif_blob())
    date = exif.index(b"\x03\x90\x02\0")
    exif[date + 8 : date + 12] = b"\xff\xff\xff\x7f"
    photo = Photo.from_pixels(smooth(), metadata=Metadata(exif=bytes(exif)))
    warnings = save_photo(photo, tmp_path / "a", Output(format=kind))
    assert warnings == (("The EXIF data is damaged and was left out.",) if kind == "tiff" else ())
    assert opened(tmp_path / "a").width == 60
