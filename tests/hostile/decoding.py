"""A process that opens changed photos, one after the other, and tells what came of each; see ``test_fuzz``.

It is another process than that of the tests, as a decoder that is led astray ends its process.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hostile.mutations import many, seeds
from safelight.errors import PhotoError
from safelight.imaging.codecs import open_photo
from safelight.imaging.measure import measure

_MOST_PIXELS = 4_000_000
_MOST_SECONDS, _MOST_MEMORY = 600, 4 << 30


def decode(name: str, whole: bytes, count: int) -> Counter[str]:
    """Open so many changed copies of a photo as strangers' files are opened; gives how often each thing came of it.

    Whatever is raised that is not the error of a photo ends it.
    """
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo"
        for number, data in enumerate(many(whole, name, count)):
            path.write_bytes(data)
            for what in (_measured, _opened):
                try:
                    found[what(path)] += 1
                except PhotoError as error:
                    if "\n" in str(error):
                        raise ValueError(f"{name} {number}: more than a line: {error}") from error
                    found[f"{what.__name__[1:]}: {error.code}"] += 1
                except Exception as error:
                    raise ValueError(f"{name} {number}: {type(error).__name__}: {error}") from error
    return found


def _measured(path: Path) -> str:
    measure(path, max_pixels=_MOST_PIXELS)
    return "measured"


def _opened(path: Path) -> str:
    open_photo(path, max_pixels=_MOST_PIXELS).pixels()
    return "opened"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    chosen, times, more = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    photo = Path(more).read_bytes() if more else seeds()[chosen]
    print(json.dumps(decode(chosen, photo, times)))
