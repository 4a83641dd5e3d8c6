"""What a fetched file is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.fetching.filename import file_name


@pytest.mark.parametrize(
    ("disposition", "path", "name"),
    [
        (b"", b"/a/cat.jpg?x=/y.png", "cat.jpg"),
        (b"", b"/a/%E7%85%A7%E7%89%87.png", "照片.png"),
        (b"", b"/", "photo"),
        (b"", b"/a/..%2f..%2fetc%2fpasswd", "passwd"),
        (b"", b"/a/%5c%5cserver%5cx.png", "x.png"),
        (b"", b"/a/%00%0a.png", "photo.png"),
        (b"inline", b"/cat.jpg", "cat.jpg"),
        (b'attachment; filename="my cat.webp"', b"/download", "my cat.webp"),
        (b"attachment; filename=../../x.png", b"/download", "x.png"),
        (b"attachment; filename*=UTF-8''%e7%85%a7%e7%89%87.png", b"/download", "照片.png"),
        ("attachment; filename=照片.png".encode(), b"/download", "照片.png"),
        (b'attachment; filename="caf\xe9.png"', b"/download", "café.png"),
        (b"attachment; filename*=bogus''%ff.png", b"/download", "ÿ.png"),
    ],
)
def test_the_name_is_the_servers_or_the_end_of_the_path(disposition: bytes, path: bytes, name: str) -> None:
    assert file_name(disposition, path) == name


@given(st.binary(max_size=60), st.text("ab%/.0125cCfF", max_size=30))
def test_any_name_is_safe(disposition: bytes, path: str) -> None:
    name = file_name(b"attachment; filename=" + disposition, f"/{path}".encode())
    assert name
    assert not set(name) & set('/\\\0\r\n:*?"<>|')
    assert name.strip(".")
    assert len(name.encode()) <= 255
