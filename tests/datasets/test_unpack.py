from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import pyvips
from zips import names, picture, reasons, taken, write_zip, zip_bytes

from safelight.datasets.dataset import item_id
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import UnpackParams
from safelight.datasets.tools import BuildWatch
from safelight.datasets.unpack import source_key
from safelight.errors import CancelledError, DatasetError, DiskFullError


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A folder as people have them."""
    folder = tmp_path / "messy"
    for name, data in {
        "b.jpg": picture(1), "a.png": picture(2, suffix=".png"), "holiday/c.JPG": picture(3),
        "holiday/really-a-png.jpg": picture(4, suffix=".png"), "notes.txt": b"hello", "empty.jpg": b"",
        ".hidden.jpg": picture(5), ".git/config.jpg": picture(6), "__MACOSX/._b.jpg": b"\0\5\x16\7",
        "Thumbs.db": b"\xd0\xcf\x11\xe0", ".DS_Store": b"\0\0\0\1Bud1", "page.html": b"<!doctype html>",
        "album.zip": zip_bytes({"in/d.jpg": picture(7), "readme.md": b"# text"}),
        "cut.jpg": picture(8)[:40], "report.docx": zip_bytes({"word/media/image1.jpg": picture(9)}),
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_photos_of_a_folder_are_found_by_content_and_left_where_they_are(messy: Path, tmp_path: Path) -> None:
    before = contents(messy)
    found = taken(messy, tmp_path / "out")
    assert names(found) == ["a.png", "album.zip/in/d.jpg", "b.jpg", "holiday/c.JPG", "holiday/really-a-png.jpg"]
    assert contents(messy) == before
    by_name = {item.name: item for item in found.items}
    assert by_name["b.jpg"].file == str(messy / "b.jpg")
    assert (by_name["b.jpg"].width, by_name["b.jpg"].height) == (48, 32)
    assert by_name["album.zip/in/d.jpg"].file.startswith("originals/")
    for item in found.items:
        data = DatasetFolder(tmp_path / "out").file_of(item).read_bytes()
        assert (item.sha256, item.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
        assert item.id == item_id(item.sha256, item.name)


def test_everything_else_of_a_folder_is_skipped_with_a_word(messy: Path, tmp_path: Path) -> None:
    assert reasons(taken(messy, tmp_path / "out")) == {
        ".DS_Store": "left by an operating system", ".git": "hidden", ".hidden.jpg": "hidden",
        "Thumbs.db": "left by an operating system", "__MACOSX": "left by an operating system",
        "album.zip/readme.md": "this is a text", "cut.jpg": "the file is cut short or damaged",
        "empty.jpg": "the file is empty", "notes.txt": "this is a text", "page.html": "this is a web page",
        "report.docx": "this is a ZIP archive",
    }  # fmt: skip


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "photos", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "real.jpg").write_bytes(picture(1))
    (outside / "secret.jpg").write_bytes(picture(2))
    (folder / "folder").symlink_to(outside)
    (folder / "out.jpg").symlink_to(outside / "secret.jpg")
    (folder / "in.jpg").symlink_to(folder / "real.jpg")
    (folder / "nowhere.jpg").symlink_to(folder / "gone.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    found = taken(folder, tmp_path / "out")
    assert names(found) == ["real.jpg"]
    assert reasons(found) == {
        "folder": "it is a link to a folder", "out.jpg": "it is a link out of the folder",
        "in.jpg": "it is a link to another file of the folder", "nowhere.jpg": "it is a link that leads nowhere",
        "loop.jpg": "it is a link that leads nowhere", "pipe.jpg": "it is no ordinary file",
    }  # fmt: skip


def test_a_dataset_inside_its_own_source_does_not_feed_on_itself(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture(1))
    write_zip(folder / "b.zip", {"b.jpg": picture(2)})
    first, second = (taken(folder, folder / "out") for _ in range(2))
    assert first.items == second.items
    assert names(second) == ["a.jpg", "b.zip/b.jpg"]
    assert reasons(second) == {"out": "it is the dataset itself"}


def test_a_relative_source_gives_absolute_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(picture(1))
    monkeypatch.chdir(tmp_path)
    assert taken(Path("photos"), Path("out")).items[0].file == str(tmp_path / "photos" / "a.jpg")


def test_the_size_is_that_of_the_upright_photo(tmp_path: Path, shared_photos: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    image = pyvips.Image.black(80, 40, bands=3).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.jpegsave(str(folder / "turned.jpg"))
    shutil.copyfile(shared_photos / "odd/portrait-headshot.heic", folder / "phone.heic")
    phone, turned = taken(folder, tmp_path / "out").items
    assert (turned.width, turned.height) == (40, 80)
    assert phone.width > 1000


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are text")
def test_a_name_that_is_no_text_is_shown_and_the_photo_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"caf\xe9.jpg")).write_bytes(picture(1))
    except OSError:
        pytest.skip("this disk has only names that are text")
    found = taken(folder, tmp_path / "out")
    assert names(found) == ["caf_.jpg"]
    assert found.items[0].file.startswith("originals/")
    DatasetFolder(tmp_path / "out").save_unpacked(found)
    assert DatasetFolder(tmp_path / "out").unpacked() == found
    assert source_key(folder, DatasetFolder(tmp_path / "out"), UnpackParams())


def test_a_folder_that_may_not_be_read_is_skipped_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "photos"
    (folder / "shut").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(picture(1))
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = taken(folder, tmp_path / "out")
    assert names(found) == ["a.jpg"]
    assert reasons(found) == {"shut": "the folder cannot be read: permission denied"}


def test_one_photo_may_be_the_source(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(picture(1))
    assert names(taken(tmp_path / "one.jpg", tmp_path / "out")) == ["one.jpg"]


def test_uploads_are_photos_and_archives(tmp_path: Path) -> None:
    incoming = tmp_path / "set" / "incoming"
    incoming.mkdir(parents=True)
    (incoming / "one.jpg").write_bytes(picture(1))
    (incoming / "text.txt").write_text("hello")
    write_zip(incoming / "more.zip", {"one.jpg": picture(2), "two.jpg": picture(1)})
    (incoming / "broken.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    found = taken(None, tmp_path / "set")
    assert names(found) == ["more.zip/one.jpg", "more.zip/two.jpg", "one.jpg"]
    assert reasons(found) == {"broken.zip": "the archive is damaged or cut short", "text.txt": "this is a text"}
    assert all(item.file.startswith("originals/") for item in found.items)
    assert len({item.id for item in found.items}) == 3
    assert (incoming / "one.jpg").read_bytes() == picture(1)
    assert taken(None, tmp_path / "set") == found


def test_where_files_cannot_have_two_names_uploads_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    incoming = tmp_path / "set" / "incoming"
    incoming.mkdir(parents=True)
    (incoming / "one.jpg").write_bytes(picture(1))

    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    item = taken(None, tmp_path / "set").items[0]
    assert (tmp_path / "set" / item.file).read_bytes() == picture(1)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({}, "the archive is empty"),
        ({"folder/": b""}, "the archive is empty"),
        ({"a.txt": b"hello", "b.txt": b"world"}, "there is no photo in it: 2 x this is a text"),
        ({"a.pdf": b"%PDF-1.7", "._a.jpg": b"x"}, "1 x this is a PDF"),
    ],
)
def test_an_archive_without_photos_is_an_error_that_says_what_was_there(
    tmp_path: Path, entries: dict[str, bytes], words: str
) -> None:
    with pytest.raises(DatasetError, match=words) as error:
        taken(write_zip(tmp_path / "holiday.zip", entries), tmp_path / "out")
    assert error.value.message.startswith("holiday.zip: ")


def test_sources_without_photos_are_errors(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DatasetError, match="folder: there is nothing in it"):
        taken(tmp_path / "folder", tmp_path / "out")
    (tmp_path / "folder" / "notes.txt").write_text("hello")
    with pytest.raises(DatasetError, match="folder: there is no photo in it: 1 x this is a text"):
        taken(tmp_path / "folder", tmp_path / "out")
    with pytest.raises(DatasetError, match="this is a text"):
        taken(tmp_path / "folder" / "notes.txt", tmp_path / "out")
    with pytest.raises(DatasetError, match="gone: there is no such folder or file"):
        taken(tmp_path / "gone", tmp_path / "out")
    with pytest.raises(DatasetError, match="nothing was uploaded yet"):
        taken(None, tmp_path / "out")


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_zip(tmp_path / "large.zip", {f"{n}.jpg": picture(n) for n in range(5)})
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(DiskFullError, match="free"):
        taken(source, tmp_path / "out")
    assert list((tmp_path / "out" / "originals").iterdir()) == []


def test_a_disk_that_is_full_half_way_keeps_what_is_whole_and_goes_on_later(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the large photo does not fit."""
    entries = {"a.jpg": picture(1), "b.png": picture(2, 600, 400, ".png"), "c.jpg": picture(3)}
    source = write_zip(tmp_path / "photos.zip", entries)
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom zips import taken\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from safelight.errors import DiskFullError\n"
        f"try:\n    taken(Path({str(source)!r}), Path({str(tmp_path / 'out')!r}))\n"
        "except DiskFullError as error:\n    print(error.code)\n"
    )
    tests = Path(__file__).resolve().parent
    done = subprocess.run([sys.executable, "-c", code], cwd=tests, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "disk_full"
    kept = list((tmp_path / "out" / "originals").iterdir())
    assert [path.read_bytes() for path in kept] == [picture(1)]
    assert len(taken(source, tmp_path / "out").items) == 3


def test_an_unpack_that_was_stopped_goes_on_and_writes_nothing_twice(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "photos.zip", {f"{n}.jpg": picture(n) for n in range(6)})
    out = tmp_path / "out" / "originals"
    steps: list[float] = []

    def stop() -> None:
        if len(steps) > 3:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        taken(source, tmp_path / "out", BuildWatch(progress=lambda share, _: steps.append(share), check_cancelled=stop))
    there = {path.name: path.stat().st_ino for path in out.iterdir()}
    assert 0 < len(there) < 6
    spoiled = sorted(there)[0]
    whole = (out / spoiled).read_bytes()
    (out / spoiled).write_bytes(b"x" * len(whole))
    (out / ".123-abcd.part").write_bytes(b"half a photo")
    found = taken(source, tmp_path / "out")
    assert len(found.items) == len(list(out.iterdir())) == 6
    assert (out / spoiled).read_bytes() == whole
    assert all((out / name).stat().st_ino == inode for name, inode in there.items() if name != spoiled)
    assert taken(source, tmp_path / "out") == found


def test_a_killed_unpack_goes_on(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "photos.zip", {f"{n}.jpg": picture(n) for n in range(20)})
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom zips import taken\n"
        "from safelight.datasets.tools import BuildWatch\n"
        "def die(share, _):\n    if share > 0.5: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"taken(Path({str(source)!r}), Path({str(tmp_path / 'out')!r}), BuildWatch(progress=die))\n"
    )
    tests = Path(__file__).resolve().parent
    assert subprocess.run([sys.executable, "-c", code], cwd=tests, check=False).returncode == -9
    there = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "originals").iterdir()}
    assert len(there) == 11
    found = taken(source, tmp_path / "out")
    assert len(found.items) == 20
    assert all(path.stat().st_mtime_ns == time for path, time in there.items())
    assert {(tmp_path / "out" / item.file).read_bytes() for item in found.items} == {picture(n) for n in range(20)}


def test_the_key_follows_names_sizes_times_and_parameters(tmp_path: Path) -> None:
    source, out = tmp_path / "photos", DatasetFolder(tmp_path / "out")
    source.mkdir()
    (source / "a.jpg").write_bytes(picture(1))
    keys = [source_key(source, out, UnpackParams())]
    assert source_key(source, out, UnpackParams()) == keys[0]
    (source / "b.jpg").write_bytes(picture(2))
    keys.append(source_key(source, out, UnpackParams()))
    os.utime(source / "b.jpg", (1, 1))
    keys.append(source_key(source, out, UnpackParams()))
    keys.append(source_key(source, out, UnpackParams(nested=0)))
    keys.append(source_key(None, out, UnpackParams()))
    keys.append(source_key(tmp_path / "gone.zip", out, UnpackParams()))
    assert len(set(keys)) == 6


def test_originals_of_an_archive_are_byte_for_byte_as_they_came(tmp_path: Path) -> None:
    entries = {"a.jpg": picture(1), "deep/er/b.png": picture(2, suffix=".png"), "c.tif": picture(3, suffix=".tif")}
    source = write_zip(tmp_path / "photos.zip", entries, zipfile.ZIP_STORED)
    found = taken(source, tmp_path / "out")
    assert {item.name: (tmp_path / "out" / item.file).read_bytes() for item in found.items} == entries
