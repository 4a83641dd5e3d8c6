"""The file formats that Safelight reads and writes, and what each of them can hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from safelight.errors import OutputError, PhotoTooLargeError


class Format(StrEnum):
    """A file format, known by its content."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    TIFF = "tiff"
    AVIF = "avif"
    HEIC = "heic"


class Strip(StrEnum):
    """What is left out of the metadata of a result. The ICC profile always stays, as the colours need it."""

    NONE = "none"
    GPS = "gps"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holds:
    """What a file of one output format can hold."""

    max_side: int
    """Longest side in pixels."""
    max_pixels: int
    """Most pixels."""
    depths: tuple[int, ...]
    """Bits per channel, of 8 and 16, that are kept. AVIF keeps 12 of 16 bits and counts as 16."""
    alpha: bool
    """Whether transparency is kept."""
    grey: bool
    """Whether one channel of light stays one channel."""
    iptc: bool
    """Whether IPTC records are kept."""
    quality: int | None
    """Default quality 1-100; None where the format is lossless."""


_NO_LIMIT = 2**31 - 1

HOLDS: dict[Format, Holds] = {
    Format.PNG: Holds(
        max_side=1_000_000, max_pixels=_NO_LIMIT * 8, depths=(8, 16), alpha=True, grey=True, iptc=False, quality=None
    ),
    Format.JPEG: Holds(
        max_side=65_500, max_pixels=_NO_LIMIT * 2, depths=(8,), alpha=False, grey=True, iptc=True, quality=95
    ),
    Format.WEBP: Holds(
        max_side=16_383, max_pixels=16_383**2, depths=(8,), alpha=True, grey=False, iptc=False, quality=90
    ),
    Format.TIFF: Holds(
        max_side=10_000_000, max_pixels=_NO_LIMIT * 8, depths=(8, 16), alpha=True, grey=True, iptc=True, quality=None
    ),
    Format.AVIF: Holds(
        max_side=16_384, max_pixels=16_384**2, depths=(8, 16), alpha=True, grey=False, iptc=False, quality=80
    ),
}
"""The output formats. HEIC is read only: its encoders are not free to ship."""

SUFFIX: dict[Format, str] = {
    Format.PNG: ".png",
    Format.JPEG: ".jpg",
    Format.WEBP: ".webp",
    Format.TIFF: ".tif",
    Format.AVIF: ".avif",
    Format.HEIC: ".heic",
}
"""The suffix that a new file of each format gets."""

FORMAT_OF_SUFFIX: dict[str, Format] = {
    ".png": Format.PNG,
    ".apng": Format.PNG,
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".jpe": Format.JPEG,
    ".jfif": Format.JPEG,
    ".webp": Format.WEBP,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
    ".avif": Format.AVIF,
    ".heic": Format.HEIC,
    ".heif": Format.HEIC,
    ".hif": Format.HEIC,
}
"""The format that a suffix promises, in lower case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """How a result is written."""

    format: Format = Format.PNG
    quality: int | None = None
    """1-100 for JPEG, WebP and AVIF; None is the format's default. PNG and TIFF are lossless and ignore it."""
    lossless: bool = False
    """WebP without loss instead of by quality."""
    strip: Strip = Strip.NONE

    def __post_init__(self) -> None:
        """Refuse what no encoder can do, with :class:`OutputError`."""
        if self.format not in HOLDS:
            raise OutputError(f"{self.format} cannot be written", hint=f"choose one of {', '.join(HOLDS)}")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise OutputError(f"the quality is {self.quality}", hint="choose 1 to 100")
        if self.lossless and self.format in (Format.JPEG, Format.AVIF):
            raise OutputError(f"{self.format} is not written without loss", hint="choose png, tiff or webp")


def sniff(head: bytes) -> Format | None:
    """Tell the format from the first bytes of a file (64 are enough for all but unusual HEIF files).

    Returns None for everything that Safelight does not open, whatever it is called.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return Format.TIFF
    return _sniff_heif(head)


_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})


def _sniff_heif(head: bytes) -> Format | None:
    if head[4:8] != b"ftyp":
        return None
    end = min(len(head), int.from_bytes(head[:4], "big"))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    for brand in brands:
        if brand in _AVIF_BRANDS:
            return Format.AVIF
        if brand in _HEIC_BRANDS:
            return Format.HEIC
    return None


def format_of(path: Path) -> Format:
    """Give the output format that the suffix of ``path`` asks for.

    Raises:
        OutputError: no output format has that suffix.
    """
    found = FORMAT_OF_SUFFIX.get(path.suffix.lower())
    if found is None or found not in HOLDS:
        known = ", ".join(SUFFIX[one] for one in HOLDS)
        raise OutputError(f"{path.name}: no output format has this suffix", hint=f"choose one of {known}")
    return found


def check_output(output: Format, width: int, height: int) -> None:
    """Check, before any work, that a file of the format can hold ``width`` x ``height`` pixels.

    Raises:
        PhotoTooLargeError: it cannot.
        OutputError: the format cannot be written at all.
    """
    holds = HOLDS.get(output)
    if holds is None:
        raise OutputError(f"{output} cannot be written", hint=f"choose one of {', '.join(HOLDS)}")
    if max(width, height) > holds.max_side or width * height > holds.max_pixels:
        fitting = [one for one, can in HOLDS.items() if max(width, height) <= can.max_side]
        raise PhotoTooLargeError(
            f"{width} x {height} is too large for {output}, which ends at {holds.max_side} pixels a side",
            hint=f"choose {' or '.join(fitting)}" if fitting else None,
        )
