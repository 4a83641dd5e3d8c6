"""Files that are no photos, or are more than they say: made here, by name."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import numpy as np
import pyvips

Make = Callable[[], bytes]
_MB = 1 << 20


def files() -> Mapping[str, tuple[str, Make]]:
    """All of them: under what name each is sent, and what makes it."""
    return {**_bombs(), **_headers(), **_polyglots(), **_foreign(), **_cut()}


def _bombs() -> dict[str, tuple[str, Make]]:
    """Small files that want to become large ones."""
    return {
        "png of 900 megapixels": ("a.png", lambda: png(30_000, 30_000, zeros(8 * _MB))),
        "png of 2^31 pixels a side": ("a.png", lambda: png(2**31 - 1, 2**31 - 1, zeros(_MB))),
        "png with 256 MB behind its pixels": ("a.png", lambda: png(8, 8, zeros(256 * _MB))),
        "png with a profile of 256 MB": ("a.png", lambda: png(8, 8, None, (b"iCCP", b"x\0\0" + zeros(256 * _MB)))),
        "png with a text of 256 MB": ("a.png", lambda: png(8, 8, None, (b"zTXt", b"x\0\0" + zeros(256 * _MB)))),
        "png with XMP of 256 MB": ("a.png", lambda: png(8, 8, None, (b"iTXt", _XMP + zeros(256 * _MB)))),
        "png with 60,000 texts": ("a.png", lambda: png(8, 8, None, *[(b"tEXt", b"a\0b")] * 60_000)),
        "webp of 16,383 pixels a side": ("a.webp", lambda: webp(16_383, 16_383)),
        "jpeg of 65,500 pixels a side": ("a.jpg", lambda: jpeg_header(65_500, 65_500)),
        "jpeg of a thousand scans": ("a.jpg", lambda: scans(1_000)),
        "tiff of 2^31 pixels a side": ("a.tif", lambda: tiff({256: 2**31 - 1, 257: 2**31 - 1})),
        "tiff with strips of 4 GB": ("a.tif", lambda: tiff({279: 2**32 - 1})),
        "tiff that unpacks to 256 MB": ("a.tif", lambda: tiff({259: 8}, zeros(256 * _MB))),
        "tiff of 65,535 channels": ("a.tif", lambda: tiff({277: 65_535})),
        "tiff with a tile of 2^30 pixels": ("a.tif", lambda: tiff({322: 2**30, 323: 2**30})),
        "avif of 2^31 pixels a side": ("a.avif", lambda: avif(2**31 - 1, 2**31 - 1)),
        "avif of 2 gigapixels": ("a.avif", lambda: avif(40_000, 50_000)),
    }  # fmt: skip


def _headers() -> dict[str, tuple[str, Make]]:
    """Headers that want to be read for ever, or lead outside."""
    return {
        "png without width": ("a.png", lambda: png(0, 8)),
        "png whose chunk has 4 GB": ("a.png", lambda: png(8, 8)[:33] + b"\xff\xff\xff\xffIDAT" + bytes(64)),
        "png whose chunks go round": ("a.png", lambda: png(8, 8)[:33] + b"\xff\xff\xff\xf4tEXt" + bytes(64)),
        "png with nothing but headers": ("a.png", lambda: png(8, 8)[:33] + chunk(b"tEXt", b"a\0b") * 90_000),
        "png without an end": ("a.png", lambda: png(8, 8)[:-12]),
        "jpeg of a megabyte of fill": ("a.jpg", lambda: b"\xff\xd8" + b"\xff" * _MB),
        "jpeg of nothing but comments": ("a.jpg", lambda: b"\xff\xd8" + b"\xff\xfe\x00\x02" * 250_000),
        "jpeg whose segment has no length": ("a.jpg", lambda: b"\xff\xd8\xff\xe0\x00\x00" + bytes(64)),
        "jpeg without a picture": ("a.jpg", lambda: b"\xff\xd8\xff\xd9"),
        "webp whose chunk has 4 GB": ("a.webp", lambda: webp(8, 8, first=2**32 - 2)),
        "webp of empty chunks": ("a.webp", lambda: b"RIFF\xff\xff\xff\x7fWEBP" + b"JUNK\0\0\0\0" * 100_000),
        "webp that moves": ("a.webp", moving_webp),
        "png that moves": ("a.png", lambda: png(8, 8, None, (b"acTL", struct.pack(">II", 9, 0)))),
        "tiff that leads to itself": ("a.tif", lambda: tiff({}, following=8)),
        "tiff whose directory is outside": ("a.tif", lambda: b"II*\0\xff\xff\xff\xff" + bytes(64)),
        "tiff of 60,000 directories": ("a.tif", lambda: directories(60_000)),
        "tiff whose values are outside": ("a.tif", lambda: tiff({273: 2**32 - 9})),
        "tiff of 65,535 entries": ("a.tif", lambda: b"II*\0\x08\0\0\0\xff\xff" + bytes(12 * 65_535)),
        "bigtiff of 2^63 entries": ("a.tif", lambda: b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**63) + bytes(64)),
        "heif whose box has no size": ("a.heic", lambda: _FTYP + struct.pack(">I4s", 0, b"meta") + bytes(64)),
        "heif whose box has 2^63 bytes": ("a.heic", lambda: _FTYP + struct.pack(">I4sQ", 1, b"meta", 2**63)),
        "heif of empty boxes": ("a.heic", lambda: _FTYP + struct.pack(">I4s", 8, b"free") * 100_000),
        "heif of boxes in boxes": ("a.heic", lambda: _FTYP + nested(20_000)),
        "avif that moves": ("a.avif", lambda: struct.pack(">I4s4sI4s", 20, b"ftyp", b"avis", 0, b"avis") + bytes(64)),
    }  # fmt: skip


def _polyglots() -> dict[str, tuple[str, Make]]:
    """Files that are one thing to Safelight and another to whoever opens them next."""
    page = b"<html><script>alert(1)</script>"
    return {
        "png and zip": ("a.png", lambda: png(8, 8) + archive({"a.html": page})),
        "png and page": ("a.html", lambda: png(8, 8, None, (b"tEXt", b"Comment\0" + page)) + page),
        "jpeg and page": ("a.jpg.html", lambda: jpeg(comment=page) + page),
        "jpeg and pdf": ("a.pdf", lambda: jpeg(comment=b"%PDF-1.7\n1 0 obj\n<<>>\nendobj") + b"%%EOF"),
        "jpeg and script": ("a.js", lambda: jpeg(comment=b"*/=1;alert(1)/*")),
        "webp and page": ("a.webp", lambda: still_webp() + page),
        "tiff and page": ("a.tif", lambda: tiff({}) + page),
    }  # fmt: skip


def _foreign() -> dict[str, tuple[str, Make]]:
    """What is no photo that is opened, called as one that is."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'>"
    return {
        "svg": ("a.png", lambda: svg + b"<image href='file:///etc/passwd'/></svg>"),
        "svg that is fetched from": ("a.svg", lambda: svg + b"<image href='http://127.0.0.1/'/></svg>"),
        "svg that laughs": ("a.png", lambda: _LAUGHS + svg + b"<text>&c;</text></svg>"),
        "svg with an entity": ("a.jpg", lambda: _ENTITY + svg + b"<text>&x;</text></svg>"),
        "pdf": ("a.jpg", lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/Launch/F(calc)>>>>endobj"),
        "postscript": ("a.png", lambda: b"%!PS\n(%pipe%id) (w) file /DCTDecode filter"),
        "magick vector": ("a.mvg", lambda: b"push graphic-context\nimage over 0,0 0,0 'url(https://x/\"|id\")'\npop"),
        "magick script": ("a.png", lambda: b"<?xml version='1.0'?><image><read filename='/etc/passwd'/></image>"),
        "gif": ("a.gif", lambda: b"GIF89a\x08\0\x08\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x08\0\x08\0\0\x02\x01\0;"),
        "gif and archive": ("a.jpg", lambda: b"GIF89a/*" + archive({"a.class": b"x"})),
        "bmp": ("a.png", lambda: b"BM" + bytes(64)), "ppm": ("a.png", lambda: b"P6 99999 99999 255\n"),
        "xbm": ("a.png", lambda: b"#define a_width 99999\n#define a_height 99999\nstatic char a_bits[] = {"),
        "exr": ("a.png", lambda: b"v/1\x01" + bytes(64)), "hdr": ("a.jpg", lambda: b"#?RADIANCE\n\n-Y 9 +X 9\n"),
        "fits": ("a.png", lambda: b"SIMPLE  =                    T"),
        "nifti": ("a.tif", lambda: b"\\\x01\0\0" + bytes(400)),
        "matlab": ("a.png", lambda: b"MATLAB 5.0 MAT-file" + bytes(120)),
        "jpeg xl": ("a.jxl", lambda: b"\xff\x0a" + bytes(64)),
        "jpeg 2000": ("a.jp2", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(64)), "gzip": ("a.png", lambda: zeros(_MB)),
        "video": ("a.heic", lambda: b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + bytes(64)),
        "camera raw": ("a.tif", lambda: tiff({50706: 1})), "csv": ("a.png", lambda: b"0,1,2\n3,4,5\n"),
        "vips picture": ("a.png", lambda: b"\x08\xf2\xa6\xb6" + bytes(60)),
        "program": ("a.jpg", lambda: b"\x7fELF" + bytes(64)),
        "nothing": ("a.png", lambda: b""), "one byte": ("a.png", lambda: b"\x89"),
        "zeros": ("a.jpg", lambda: bytes(4096)),
        "web page": ("a.jpg", lambda: b"<!doctype html><script>alert(1)</script>"),
    }  # fmt: skip


def _cut() -> dict[str, tuple[str, Make]]:
    """Photos whose end is missing."""
    whole: Mapping[str, Make] = {
        "png": lambda: _noise().pngsave_buffer(), "jpeg": lambda: _noise().jpegsave_buffer(),
        "progressive jpeg": lambda: _noise().jpegsave_buffer(interlace=True),
        "webp": lambda: _noise().webpsave_buffer(), "tiff": lambda: _noise().tiffsave_buffer(compression="deflate"),
        "avif": lambda: _noise().heifsave_buffer(compression="av1", effort=0),
    }  # fmt: skip

    def cut(kind: str, share: float) -> Make:
        return lambda: whole[kind]()[: int(len(whole[kind]()) * share)]

    return {
        f"{kind} cut at {share:.0%}": (f"a.{kind.split()[-1]}", cut(kind, share))
        for kind in whole
        for share in (0.05, 0.6, 0.97)
    }


_XMP = b"XML:com.adobe.xmp\0\1\0\0\0"
_FTYP = struct.pack(">I4s4sI4s", 20, b"ftyp", b"heic", 0, b"mif1")
_LAUGHS = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>"
_ENTITY = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def zeros(size: int) -> bytes:
    """So many zeros, packed."""
    packer = zlib.compressobj(9)
    block = bytes(_MB)
    return b"".join([*(packer.compress(block[: min(_MB, size - at)]) for at in range(0, size, _MB)), packer.flush()])


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes | None = None, *between: tuple[bytes, bytes]) -> bytes:
    """A PNG whose pixels are what they are said to be only if none are given."""
    if pixels is None:
        pixels = zlib.compress((b"\0" + bytes(width * 3)) * height)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    extra = b"".join(chunk(kind, data) for kind, data in between)
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(comment: bytes = b"") -> bytes:
    """A whole JPEG with a comment."""
    whole = bytes(_noise(16).jpegsave_buffer())
    return whole[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + whole[2:]


def jpeg_header(width: int, height: int) -> bytes:
    """A JPEG that says another size than it has."""
    whole = bytearray(_noise(16).jpegsave_buffer())
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


def scans(count: int) -> bytes:
    """A progressive JPEG that refines its pixels again and again."""
    whole = bytes(_flat(1_900).jpegsave_buffer(interlace=True, Q=20))
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * count + whole[-2:]


def webp(width: int, height: int, first: int = 10) -> bytes:
    """An extended WebP of this size, without pixels."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    content = b"WEBPVP8X" + struct.pack("<I", first) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(content)) + content


def still_webp() -> bytes:
    """A whole WebP."""
    return bytes(_noise(16).webpsave_buffer())


def moving_webp() -> bytes:
    """A WebP of two frames."""
    strip = _noise(16).join(_noise(16).invert(), "vertical").copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 16)
    return bytes(strip.webpsave_buffer(lossless=True))


def tiff(changes: Mapping[int, int], data: bytes = b"", following: int = 0) -> bytes:
    """A TIFF of 8 x 8 grey pixels, with other or more entries."""
    pixels = data or bytes(64)
    entries = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 0, 277: 1, 278: 8, 279: len(pixels), **changes}
    at = 8 + 2 + 12 * len(entries) + 4
    if 273 not in changes:
        entries[273] = at
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries.items()))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", following) + pixels


def directories(count: int) -> bytes:
    """A TIFF of many directories, each with one entry."""
    parts = [b"II*\0\x08\0\0\0"]
    for number in range(count):
        following = 8 + (number + 1) * 18 if number + 1 < count else 0
        parts.append(struct.pack("<HHHIII", 1, 256, 4, 1, 8, following))
    return b"".join(parts)


def avif(width: int, height: int) -> bytes:
    """An AVIF that says another size than it has."""
    whole = bytearray(_noise(64).heifsave_buffer(compression="av1", effort=0))
    at = whole.index(b"ispe") + 8
    whole[at : at + 8] = struct.pack(">II", width, height)
    return bytes(whole)


def nested(depth: int) -> bytes:
    """Boxes in boxes."""
    return b"".join(struct.pack(">I4sI", 12 * (depth - number) + 8, b"meta", 0) for number in range(depth))


def archive(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return buffer.getvalue()


def _noise(side: int = 96) -> pyvips.Image:
    pixels = np.random.default_rng(3).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")


def _flat(side: int) -> pyvips.Image:
    return (pyvips.Image.black(side, side, bands=3) + 128).cast("uchar").copy(interpretation="srgb")
