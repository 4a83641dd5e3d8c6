from __future__ import annotations

import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zips import names, picture, raw_zip, reasons, taken, write_zip, zip_bytes

from safelight.errors import ArchiveError, DatasetError

PHOTO = picture(1)


def inside(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg", "../../../../tmp/evil.jpg", "/etc/evil.jpg", "C:\\Windows\\evil.jpg", "C:evil.jpg",
        "..\\evil.jpg", "a/../../evil.jpg", "\\\\server\\share\\evil.jpg", "//evil.jpg", "a/./b//evil.jpg",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_leads_nowhere(tmp_path: Path, name: str) -> None:
    source = tmp_path / "evil.zip"
    source.write_bytes(raw_zip([(name.encode(), PHOTO, 0)]))
    found = taken(source, tmp_path / "box" / "out")
    assert inside(tmp_path) == {source, tmp_path / "box" / "out" / found.items[0].file}
    shown = found.items[0].name
    assert shown.endswith("evil.jpg")
    assert not shown.startswith("/")
    assert ".." not in shown.split("/")
    assert ":" not in shown.split("/")[0]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(st.text(max_size=40), st.from_regex(r"(\.\.[/\\]|/|[A-Z]:\\|\.|a|\x00){1,8}")), min_size=1, max_size=4
    )
)
def test_no_name_leads_outside_originals(tmp_path_factory: pytest.TempPathFactory, listed: list[str]) -> None:
    box = tmp_path_factory.mktemp("box")
    source, out = box / "any.zip", box / "a" / "b" / "c" / "out"
    source.write_bytes(raw_zip([(name.encode("utf-8", "replace"), PHOTO, 0x800) for name in listed]))
    try:
        found = taken(source, out)
    except DatasetError:
        assert inside(box) == {source}
        return
    written = inside(box) - {source}
    assert all(path.parent == out / "originals" for path in written)
    assert {out / item.file for item in found.items} == written
    shown = [item.name for item in found.items]
    assert len(set(shown)) == len(shown)
    assert all(not name.startswith("/") and ".." not in name.split("/") for name in shown)
    folders = sum(name.endswith("/") for name in listed)
    assert len(shown) + len(found.skipped) == len(listed) - folders or "\0" in "".join(listed)


def test_links_and_devices_are_not_made(tmp_path: Path) -> None:
    source = tmp_path / "links.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name, kind in (("link.jpg", stat.S_IFLNK), ("pipe.jpg", stat.S_IFIFO), ("plain.jpg", stat.S_IFREG)):
            info = zipfile.ZipInfo(name)
            info.external_attr = (kind | 0o644) << 16
            archive.writestr(info, b"/etc/passwd" if kind != stat.S_IFREG else PHOTO)
    found = taken(source, tmp_path / "out")
    assert names(found) == ["plain.jpg"]
    assert reasons(found) == {"link.jpg": "it is a link", "pipe.jpg": "it is no ordinary file"}
    assert not any(path.is_symlink() for path in (tmp_path / "out").rglob("*"))


def test_encrypted_entries_are_skipped_with_a_word(tmp_path: Path) -> None:
    source = tmp_path / "secret.zip"
    source.write_bytes(raw_zip([(b"secret.jpg", PHOTO, 1), (b"open.jpg", PHOTO, 0)]))
    found = taken(source, tmp_path / "out")
    assert names(found) == ["open.jpg"]
    assert reasons(found) == {"secret.jpg": "it is encrypted"}
    source.write_bytes(raw_zip([(b"secret.jpg", PHOTO, 1)]))
    with pytest.raises(DatasetError, match="1 x it is encrypted"):
        taken(source, tmp_path / "out")


def altered(data: bytes, size: int) -> bytes:
    """The same archive of one entry, whose headers promise another size."""
    at = data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[22:26] = changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)


def test_an_entry_that_is_larger_than_it_says_is_damaged(tmp_path: Path) -> None:
    source, whole = tmp_path / "liar.zip", zip_bytes({"liar.jpg": PHOTO})
    source.write_bytes(whole)
    assert len(taken(source, tmp_path / "out").items) == 1
    for size in (len(PHOTO) - 100, len(PHOTO) + 100):
        source.write_bytes(altered(whole, size))
        with pytest.raises(DatasetError, match="1 x it is damaged in the archive"):
            taken(source, tmp_path / f"out{size}")
        assert inside(tmp_path / f"out{size}") == set()


def test_a_damaged_entry_does_not_hold_up_the_others(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "photos.zip", {"a.jpg": PHOTO, "b.jpg": picture(2)}, zipfile.ZIP_STORED)
    data = bytearray(source.read_bytes())
    data[data.index(PHOTO) + 600] ^= 0xFF
    source.write_bytes(bytes(data))
    found = taken(source, tmp_path / "out")
    assert names(found) == ["b.jpg"]
    assert reasons(found) == {"a.jpg": "it is damaged in the archive"}
    assert len(inside(tmp_path / "out")) == 1


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = PHOTO + bytes(20_000_000)
    source = write_zip(tmp_path / "bomb.zip", {"bomb.jpg": bomb, "fine.jpg": picture(2)})
    found = taken(source, tmp_path / "out")
    assert names(found) == ["fine.jpg"]
    assert reasons(found) == {"bomb.jpg": "it would unpack to more than 200 times its size"}
    with pytest.raises(ArchiveError, match="more than 10 MB"):
        taken(source, tmp_path / "out2", max_mb=10, max_ratio=100_000)
    assert inside(tmp_path / "out2") == set()


def test_entries_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    """Each entry is a photo, and all of them are the same 100 KB of the file."""
    photo = picture(1, 200, 200)
    one = raw_zip([(b"a.jpg", photo, 0)])
    at = one.index(b"PK\x01\x02")
    entry, count = one[at : one.index(b"PK\x05\x06")], 1000
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(entry) * count, at, 0)
    source = tmp_path / "bomb.zip"
    source.write_bytes(one[:at] + entry * count + b"PK\x05\x06" + end)
    with pytest.raises(ArchiveError, match="it would unpack to more than 200 times its size"):
        taken(source, tmp_path / "out")
    assert inside(tmp_path / "out") == set()


def test_packings_that_unpack_without_bounds_are_not_unpacked(tmp_path: Path) -> None:
    source = tmp_path / "odd.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("a.jpg", PHOTO, zipfile.ZIP_BZIP2)
        archive.writestr("b.jpg", PHOTO, zipfile.ZIP_LZMA)
        archive.writestr("c.jpg", PHOTO, zipfile.ZIP_DEFLATED)
    found = taken(source, tmp_path / "out")
    assert names(found) == ["c.jpg"]
    assert set(reasons(found).values()) == {"it is packed in a way that is not unpacked here"}


def test_too_many_entries_are_refused_before_their_names_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_zip(tmp_path / "many.zip", {f"{n}.jpg": b"" for n in range(2000)})
    with pytest.raises(DatasetError, match="2000 x the file is empty"):
        taken(source, tmp_path / "out", max_entries=2000)
    lying = bytearray(source.read_bytes())
    lying[-14:-10] = struct.pack("<HH", 5, 5)
    (tmp_path / "lying.zip").write_bytes(bytes(lying))
    with pytest.raises(ArchiveError, match=r"lying\.zip: the archive has more than 1,999 entries"):
        taken(tmp_path / "lying.zip", tmp_path / "out", max_entries=1999)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    for name in ("many.zip", "lying.zip"):
        with pytest.raises(ArchiveError, match="more than 100 entries"):
            taken(tmp_path / name, tmp_path / "out", max_entries=100)


def test_archives_lie_inside_each_other_as_deep_as_is_allowed(tmp_path: Path) -> None:
    deepest = zip_bytes({"deep.jpg": picture(3)})
    source = write_zip(
        tmp_path / "outer.zip", {"top.jpg": PHOTO, "inner.zip": zip_bytes({"in.jpg": picture(2), "more.ZIP": deepest})}
    )
    found = taken(source, tmp_path / "one")
    assert names(found) == ["inner.zip/in.jpg", "top.jpg"]
    assert reasons(found) == {"inner.zip/more.ZIP": "it is an archive inside too many others"}
    assert names(taken(source, tmp_path / "two", nested=2)) == [
        "inner.zip/in.jpg", "inner.zip/more.ZIP/deep.jpg", "top.jpg",
    ]  # fmt: skip
    assert names(taken(source, tmp_path / "none", nested=0)) == ["top.jpg"]
    assert all(path.suffix == ".jpg" for path in inside(tmp_path / "two"))


def test_what_is_allowed_counts_for_inner_archives_too(tmp_path: Path) -> None:
    inner = zip_bytes({f"{n}.jpg": picture(n) for n in range(8)})
    source = write_zip(tmp_path / "outer.zip", {"a.zip": inner, "b.zip": inner, "top.jpg": PHOTO})
    found = taken(source, tmp_path / "out", max_entries=12)
    assert len(found.items) == 9
    assert reasons(found) == {"b.zip": "the archives have more than 12 entries"}


def test_a_broken_inner_archive_is_skipped(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "outer.zip", {"a.zip": b"PK\x03\x04" + bytes(50), "b.zip": b"", "top.jpg": PHOTO})
    found = taken(source, tmp_path / "out")
    assert names(found) == ["top.jpg"]
    assert reasons(found) == {"a.zip": "the archive is damaged or cut short", "b.zip": "the file is empty"}


@pytest.mark.parametrize("part", [0.3, 0.7, 0.98])
def test_a_cut_archive_is_an_error(tmp_path: Path, part: float) -> None:
    source = write_zip(tmp_path / "cut.zip", {f"{n}.jpg": picture(n) for n in range(5)})
    data = source.read_bytes()
    source.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ArchiveError, match=r"cut\.zip: the archive is damaged or cut short"):
        taken(source, tmp_path / "out")


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_leads_to_anything_but_an_error_or_photos(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    box = tmp_path_factory.mktemp("damaged")
    whole = bytearray(zip_bytes({"a.jpg": PHOTO, "b/c.png": picture(2, suffix=".png"), "t.txt": b"text"}))
    for _ in range(data.draw(st.integers(1, 6))):
        # Headers are where it hurts, and they are at the end.
        whole[-data.draw(st.integers(1, min(len(whole), 400)))] = data.draw(st.integers(0, 255))
    (box / "x.zip").write_bytes(bytes(whole))
    try:
        found = taken(box / "x.zip", box / "out")
    except DatasetError:
        return
    assert {box / "out" / item.file for item in found.items} == inside(box / "out")


def test_names_of_every_encoding_are_shown_as_they_were_meant(tmp_path: Path) -> None:
    source = tmp_path / "names.zip"
    listed = [
        ("照片/一.jpg".encode(), 0x800), ("照片/二.jpg".encode("gb18030"), 0), ("照片/三.jpg".encode(), 0),
        ("Grüße.jpg".encode("cp437"), 0), (b"plain.jpg", 0),
    ]  # fmt: skip
    source.write_bytes(raw_zip([(name, picture(n), flags) for n, (name, flags) in enumerate(listed)]))
    assert set(names(taken(source, tmp_path / "out"))) == {
        "照片/一.jpg", "照片/二.jpg", "照片/三.jpg", "Grüße.jpg", "plain.jpg",
    }  # fmt: skip


def test_photos_of_one_name_are_numbered(tmp_path: Path) -> None:
    source = tmp_path / "twice.zip"
    photos = [picture(n) for n in range(3)]
    source.write_bytes(raw_zip([(b"a/x.jpg", photo, 0) for photo in photos]))
    found = taken(source, tmp_path / "out")
    assert names(found) == ["a/x-2.jpg", "a/x-3.jpg", "a/x.jpg"]
    assert {(tmp_path / "out" / item.file).read_bytes() for item in found.items} == set(photos)


def test_junk_is_skipped_with_a_word(tmp_path: Path) -> None:
    junk = {"__MACOSX/a/._x.jpg": b"\0\5\x16\7", "a/.DS_Store": b"x", "Thumbs.db": b"x", "a/desktop.ini": b"x"}
    source = write_zip(tmp_path / "mac.zip", {"a/x.jpg": PHOTO, ".hidden/y.jpg": PHOTO, **junk})
    found = taken(source, tmp_path / "out")
    assert names(found) == ["a/x.jpg"]
    assert reasons(found) == {".hidden/y.jpg": "hidden", **dict.fromkeys(junk, "left by an operating system")}


def test_ten_thousand_entries_are_unpacked_quickly(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "many.zip", {f"photos/{n:05}.jpg": PHOTO for n in range(10_000)}, zipfile.ZIP_STORED)
    begin = time.process_time()
    found = taken(source, tmp_path / "out")
    assert len(found.items) == 10_000
    assert time.process_time() - begin < 20
