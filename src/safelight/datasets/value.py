"""What all values of a dataset share: frozen, strict, and written as JSON that people can read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels of the upright photo; continuous, 0 is its left or upper edge."""


DESCRIBED = ConfigDict(use_attribute_docstrings=True)
"""For values that the service answers with: what is said of each field is in its schema."""


class Value(BaseModel):
    """A value on disk. It is read with ``model_validate_json``, where lists are tuples."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)
