"""Names the sample photos of ``make run``: public-domain and CC0 pictures that come with scikit-image."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

SAMPLES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""An astronaut (NASA) and a rocket (SpaceX), both public domain; a cat and a cup of coffee, both CC0."""


def find_samples() -> list[Path]:
    """Give the sample photos.

    Raises:
        FileNotFoundError: scikit-image is not installed, or a photo is not in it.
    """
    package = find_spec("skimage")
    if package is None or package.origin is None:
        raise FileNotFoundError("scikit-image is not installed")
    photos = [Path(package.origin).parent / "data" / name for name in SAMPLES]
    missing = [photo.name for photo in photos if not photo.is_file()]
    if missing:
        raise FileNotFoundError(f"scikit-image has no {', '.join(missing)}")
    return photos


if __name__ == "__main__":
    here = Path.cwd()
    for one in find_samples():
        sys.stdout.write(f"{one.relative_to(here) if one.is_relative_to(here) else one}\n")
