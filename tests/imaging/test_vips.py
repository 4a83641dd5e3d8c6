"""libvips is set up so that large photos go to the disk of our choice, and its errors become one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import pyvips
from photo_files import noise, vips

from safelight.errors import BrokenPhotoError, DiskFullError
from safelight.imaging.vips import bare, unreadable

_SPOOLED = """
import os, resource, sys
from pathlib import Path
from safelight.errors import DiskFullError
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Region
from safelight.imaging.vips import use_scratch

folder = Path(sys.argv[1])
use_scratch(folder / "scratch")
photo = open_photo(folder / "a.png", max_pixels=10**9)
photo.read(Region(0, 0, 1, 1))
files = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
assert any(one.startswith(str(folder / "scratch")) for one in files), files
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
try:
    open_photo(folder / "a.png", max_pixels=10**9).pixels()
except DiskFullError as error:
    assert "a.png" in str(error)
else:
    raise SystemExit("the pixels fitted into 5000 bytes")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_pixels_of_large_photos_are_kept_in_the_scratch_folder_and_a_full_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    vips(noise(300, 400)).pngsave(str(tmp_path / "a.png"))
    done = subprocess.run(
        [sys.executable, "-c", _SPOOLED, str(tmp_path)],
        env={**os.environ, "VIPS_DISC_THRESHOLD": "1k"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("VipsJpeg: premature end of JPEG image\n", BrokenPhotoError),
        ("write error: No space left on device", DiskFullError),
        ("something else\nin two lines", BrokenPhotoError),
    ],
)
def test_errors_become_one_line_that_names_the_photo(text: str, kind: type[Exception]) -> None:
    error = unreadable("cat.jpg", pyvips.Error(text))
    assert type(error) is kind
    assert str(error).startswith("cat.jpg: ")
    assert "\n" not in str(error)


def test_untrusted_decoders_are_blocked(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    with pytest.raises(pyvips.Error):
        pyvips.Image.new_from_file(str(tmp_path / "a.svg"))


def test_a_bare_image_has_its_pixels_and_nothing_else() -> None:
    image = vips(noise()).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.set_type(pyvips.GValue.blob_type, "exif-data", b"x")
    clean = bare(image)
    assert clean.get_typeof("exif-data") == 0
    assert clean.get_typeof("orientation") == 0
    assert (clean.numpy() == noise()).all()
