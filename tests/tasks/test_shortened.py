"""Long texts among parameters are shortened in lists and records."""

from __future__ import annotations

import pytest

from safelight.tasks.shortened import shortened

PICTURE = "data:image/webp;base64," + "A" * 16_000


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PICTURE, "a picture, 12 kB"), ("a" * 200, "a" * 200), ("a" * 201, "a" * 199 + "…"), (1.5, 1.5), (None, None),
        ({"steps": [{"picture": PICTURE, "scale": 2}]}, {"steps": [{"picture": "a picture, 12 kB", "scale": 2}]}),
        ("data:image/webp " + "A" * 300, "data:image/webp " + "A" * 183 + "…"),
    ],
)  # fmt: skip
def test_only_long_texts_are_shortened(value: object, shown: object) -> None:
    assert shortened(value) == shown
