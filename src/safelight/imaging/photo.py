"""The photo: the only currency between operations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

from safelight.imaging.encode import save_photo
from safelight.imaging.formats import Format, Output, format_of
from safelight.imaging.vips import reading

DEFAULT_RESOLUTION = 72 / 25.4
"""Pixels per millimetre where a file tells nothing."""

_TYPE_OF_DEPTH = {8: "uchar", 16: "ushort"}


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels, inside the photo it is used on."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    """What belongs to a photo besides its pixels. Pixels are upright, so no orientation is left in here."""

    icc: bytes | None = None
    """ICC profile that gives the pixels their meaning; None stands for sRGB."""
    exif: bytes | None = None
    """EXIF as a TIFF structure (starts with II or MM), without a thumbnail."""
    xmp: bytes | None = None
    """XMP packet, UTF-8 XML."""
    iptc: bytes | None = None
    """IPTC-IIM records."""
    xres: float = DEFAULT_RESOLUTION
    """Horizontal resolution in pixels per millimetre."""
    yres: float = DEFAULT_RESOLUTION
    """Vertical resolution in pixels per millimetre."""


@dataclass(frozen=True, eq=False, slots=True)
class Photo:
    """A decoded picture with what belongs to it. Immutable; pixels are decoded when they are first read.

    ``image`` is upright, of format uchar or ushort, and has 1 band (grey) or 3 (RGB), plus 1 for alpha, which is
    never premultiplied.
    """

    image: pyvips.Image
    metadata: Metadata = field(default_factory=Metadata)
    format: Format | None = None
    """Format of the file it came from; None if it came from no file."""
    name: str = "photo"
    """File name for messages."""
    warnings: tuple[str, ...] = ()
    """What could not be honoured, or was decided on the user's behalf, in plain words."""
    keeper: object = None
    """What has to live as long as pixels are read, such as the folder that they lie in."""

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.image.width)

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.image.height)

    @property
    def bands(self) -> int:
        """1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha."""
        return int(self.image.bands)

    @property
    def grey(self) -> bool:
        """Whether there is one channel of light only."""
        return self.bands < 3

    @property
    def alpha(self) -> bool:
        """Whether the last band is transparency."""
        return self.bands in (2, 4)

    @property
    def depth(self) -> int:
        """Bits per channel: 8 or 16, full range."""
        return 16 if self.image.format == "ushort" else 8

    def read(self, region: Region) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """Decode one region: an array (height, width, bands) of uint8 or uint16, C-contiguous and writable.

        Raises:
            BrokenPhotoError: the file is cut short or damaged.
            ValueError: the region is not inside the photo.
        """
        inside = 0 <= region.left <= self.width - region.width and 0 <= region.top <= self.height - region.height
        if not inside or region.width < 1 or region.height < 1:
            raise ValueError(f"{region} is not inside {self.width} x {self.height}")
        with reading(self.name):
            part = self.image.crop(region.left, region.top, region.width, region.height)
            data = part.write_to_memory()
        shape = (region.height, region.width, self.bands)
        if self.depth == 16:
            return np.frombuffer(data, np.uint16).reshape(shape).copy()
        return np.frombuffer(data, np.uint8).reshape(shape).copy()

    def pixels(self) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """Decode everything; see :meth:`read`."""
        return self.read(Region(0, 0, self.width, self.height))

    @classmethod
    def from_pixels(
        cls, array: NDArray[np.uint8] | NDArray[np.uint16], *, metadata: Metadata | None = None, name: str = "photo"
    ) -> Photo:
        """Make a photo of a copy of ``array``: (H, W) or (H, W, 1 | 2 | 3 | 4), uint8 or uint16, full range.

        Raises:
            ValueError: the array has another shape or type.
        """
        bands = array.shape[2] if array.ndim == 3 else 1
        if array.ndim not in (2, 3) or bands not in (1, 2, 3, 4) or 0 in array.shape:
            raise ValueError(f"pixels are (height, width) or (height, width, 1 to 4), not {array.shape}")
        if array.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"pixels are uint8 or uint16, not {array.dtype}")
        depth = 16 if array.dtype == np.uint16 else 8
        # A buffer of bytes cannot change under libvips, an array of the caller's can.
        data = np.ascontiguousarray(array).tobytes()
        image = pyvips.Image.new_from_memory(data, array.shape[1], array.shape[0], bands, _TYPE_OF_DEPTH[depth])
        return cls(as_photo_image(image), metadata or Metadata(), name=name)

    def with_image(self, image: pyvips.Image) -> Photo:
        """The same photo with other pixels; ``image`` has 1 to 4 bands, uchar or ushort.

        Raises:
            ValueError: the image has another format or number of bands.
        """
        return replace(self, image=as_photo_image(image))

    def with_warnings(self, *warnings: str) -> Photo:
        """The same photo with more warnings; one that it already has is not repeated."""
        return replace(self, warnings=tuple(dict.fromkeys((*self.warnings, *warnings))))

    def save(self, path: str | Path, output: Output | None = None) -> tuple[str, ...]:
        """Write the photo; without ``output``, the suffix of ``path`` says the format. Gives warnings.

        Raises as :func:`safelight.imaging.encode.save_photo` does.
        """
        return save_photo(self, Path(path), output or Output(format=format_of(Path(path))))


def as_photo_image(image: pyvips.Image) -> pyvips.Image:
    """Set the interpretation that goes with an image of 1 to 4 bands, uchar or ushort.

    Raises:
        ValueError: the image has another format or number of bands.
    """
    if image.format not in ("uchar", "ushort") or not 1 <= image.bands <= 4:
        raise ValueError(f"a photo has 1 to 4 bands of uchar or ushort, not {image.bands} of {image.format}")
    wide = image.format == "ushort"
    grey = image.bands < 3
    meaning = ("grey16" if grey else "rgb16") if wide else ("b-w" if grey else "srgb")
    return image if image.interpretation == meaning else image.copy(interpretation=meaning)
