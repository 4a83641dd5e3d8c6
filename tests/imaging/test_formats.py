"""Formats are known by content, and their limits before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from safelight.errors import OutputError, PhotoTooLargeError
from safelight.imaging.formats import HOLDS, SUFFIX, Format, Output, check_output, format_of, sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", Format.PNG),
        (b"\xff\xd8\xff\xe0", Format.JPEG),
        (b"RIFF\0\0\0\0WEBPVP8 ", Format.WEBP),
        (b"II*\0", Format.TIFF),
        (b"MM\0*", Format.TIFF),
        (b"II+\0", Format.TIFF),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", Format.AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", Format.AVIF),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Format.HEIC),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp41isom", None),
        (b"GIF89a", None),
        (b"BM", None),
        (b"<svg", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_format(head: bytes, kind: Format | None) -> None:
    assert sniff(head) is kind


@pytest.mark.parametrize(
    ("kind", "side"), [(Format.JPEG, 65_500), (Format.WEBP, 16_383), (Format.AVIF, 16_384), (Format.PNG, 1_000_000)]
)
def test_a_format_ends_at_its_longest_side(kind: Format, side: int) -> None:
    check_output(kind, side, 1)
    with pytest.raises(PhotoTooLargeError, match=f"{side + 1} x 1 is too large"):
        check_output(kind, side + 1, 1)


def test_the_error_names_formats_that_are_large_enough() -> None:
    with pytest.raises(PhotoTooLargeError) as caught:
        check_output(Format.WEBP, 40_000, 100)
    assert caught.value.hint is not None
    assert "jpeg" in caught.value.hint
    assert "webp" not in caught.value.hint


def test_heic_is_not_written() -> None:
    for attempt in (lambda: Output(format=Format.HEIC), lambda: check_output(Format.HEIC, 1, 1)):
        with pytest.raises(OutputError, match="heic cannot be written"):
            attempt()


@pytest.mark.parametrize("quality", [0, 101, -1])
def test_a_quality_outside_1_to_100_is_refused(quality: int) -> None:
    with pytest.raises(OutputError):
        Output(quality=quality)


def test_every_output_suffix_leads_back_to_its_format() -> None:
    for kind in HOLDS:
        assert format_of(Path("a" + SUFFIX[kind].upper())) is kind
    with pytest.raises(OutputError, match="no output format"):
        format_of(Path("a.gif"))
