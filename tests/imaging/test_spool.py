"""A picture written in parts is read back as it was, in any order."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.errors import OutputError
from safelight.imaging.spool import Spool


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    bands=st.integers(1, 4),
    depth=st.sampled_from([8, 16]),
    cuts=st.tuples(st.integers(1, 400), st.integers(1, 400)),
    seed=st.integers(0, 99),
)
def test_parts_of_any_size_give_the_whole_back(
    width: int, height: int, bands: int, depth: int, cuts: tuple[int, int], seed: int
) -> None:
    dtype = np.uint16 if depth == 16 else np.uint8
    pixels = np.random.default_rng(seed).integers(0, 2**depth, (height, width, bands)).astype(dtype)
    with TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "picture.tif", width=width, height=height, bands=bands, depth=depth)
        for top in range(0, height, cuts[1]):
            for left in range(0, width, cuts[0]):
                spool.write(left, top, pixels[top : top + cuts[1], left : left + cuts[0]])
        image = spool.finish()

        np.testing.assert_array_equal(image.numpy().reshape(pixels.shape), pixels)
        corner = image.crop(width - 1, height - 1, 1, 1).numpy().ravel()
        np.testing.assert_array_equal(corner, pixels[-1, -1])


@pytest.mark.parametrize(
    ("bands", "depth", "meaning"), [(1, 8, "b-w"), (2, 8, "b-w"), (3, 8, "srgb"), (4, 16, "rgb16"), (1, 16, "grey16")]
)
def test_bands_and_depth_say_what_the_picture_means(tmp_path: Path, bands: int, depth: int, meaning: str) -> None:
    spool = Spool(tmp_path / "picture.tif", width=5, height=4, bands=bands, depth=depth)

    assert spool.finish().interpretation == meaning


def test_a_folder_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="missing"):
        Spool(tmp_path / "missing" / "picture.tif", width=5, height=4, bands=3, depth=8)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the peak memory")
def test_reading_a_large_picture_back_takes_little_memory(tmp_path: Path) -> None:
    code = """
        import sys
        import numpy as np
        from pathlib import Path
        from safelight.imaging.spool import Spool
        spool = Spool(Path(sys.argv[1]), width=16000, height=16000, bands=3, depth=8)
        part = np.full((2000, 2000, 3), 7, np.uint8)
        for top in range(0, 16000, 2000):
            for left in range(0, 16000, 2000):
                spool.write(left, top, part)
        image = spool.finish()
        assert image.resize(0.25).avg() == 7
        status = Path("/proc/self/status").read_text()
        print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "large.tif")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert int(run.stdout) < 400, "768 MB of pixels must not count as memory"
