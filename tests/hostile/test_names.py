"""Names that want to be a path, a header, markup, a command or a line of a log."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

from hostile.pictures import png
from hostile.site import API, NOTHING, Site
from hostile.table import Told
from hostile.test_bodies import FORM, MARK, sized, talk
from safelight.api.filenames import clean_name
from service_process import wait_until

ESCAPES = "\x1b[31m\x1b]0;owned\x07"
NAMES: Mapping[str, str] = {
    "up and out": "../../../../tmp/owned.png",
    "up and out on windows": "..\\..\\owned.png",
    "from the root": "/etc/cron.d/owned.png",
    "from a drive": "C:\\Windows\\owned.png",
    "a share": "\\\\host\\share.png",
    "an address": "file:///etc/passwd.png",
    "twice up": "....//....//owned.png",
    "up, escaped": "..%2f..%2fowned.png",
    "up, escaped twice": "..%252fowned.png",
    "up in long UTF-8": "..\u2215owned.png",
    "nothing but dots": "..",
    "hidden": ".htaccess",
    "a home": "~root.png",
    "an option": "-rf.png",
    "a device": "CON.png",
    "stream": "a.png::$DATA",
    "escapes of a terminal": f"{ESCAPES}a.png",
    "written backwards": "a\u202egnp.exe",
    "invisible": "a\u200b\u2060\ufeff.png",
    "half a character": "a\udcff.png",
    "a line more": "a\u2028b\u0085c.png",
    "vertical tab": "a\x0bb\x0cc.png",
    "3,000 signs": "a" * 3_000 + ".png",
    "200 accents": "a" + "\u0301" * 200 + ".png",
    "script": "<script>alert(1)</script>.png",
    "picture that fails": '<img src=x onerror="alert(1)">.png',
    "end of an attribute": '"><svg onload=alert(1)>.png',
    "template": "{{7*7}}{%for a in b%}.png",
    "template of Java": "${jndi:ldap://127.0.0.1/a}.png",
    "code of Typst": '#read("/etc/passwd").png',
    "markup of Typst": "_a_*b*$c$[d]@e.png",
    "markup of Rich": "[bold red]a[/][link=file:///etc/passwd]b.png",
    "Markdown": "[a](javascript:alert(1)).png",
    "formula": "=cmd|' /C calc'!A0.png",
    "command": "$(touch owned);`touch owned`|touch owned.png",
    "placeholders": "%s%n%x{0}{a.__class__}.png",
    "sql": "a'; DROP TABLE tasks;--.png",
    "json": '","status":"completed"}.png',
    "an emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467.png",
    "right to left": "\u05e9\u05dc\u05d5\u05dd.png",
    "quotes": "'\"`.png",
    "semicolons": "a; filename=b; x=.png",
}
RAW: Mapping[str, bytes] = {
    "a header more": b"a\r\nX-Owned: yes\r\n.png",
    "a quote and a header": b'a.png"\r\nX-Owned: yes\r\nY: "',
    "nul": b"a\0.png",
    "no utf-8": b"\xff\xfe\x80.png",
    "escaped new line": b"a%0d%0aX-Owned: yes.png",
    "two names": b'a.png"; filename="../b.png',
    "name of RFC 5987": b"a.png\"; filename*=UTF-8''..%2f..%2fowned.png; x=\"",
}
"""Names of files as bytes between the quotes of a form."""
MARKUP = re.compile(r"<script>alert|<img src=x|<svg onload|49\{%|\{\{7\*7\}\}\{%for a in b%\}<", re.IGNORECASE)
USERS: Mapping[str, str] = {
    "wildcard": "%",
    "any sign": "_ictim",
    "star": "*",
    "sql": "victim' OR '1'='1",
    "sql comment": "victim'--",
    "capitals": "VICTIM",
    "path": "../victim",
    "list": "victim,mallory",
    "json": '["victim"]',
    "null": "null",
    "none": "None",
    "zero": "0",
    "escaped": "vict%69m",
    "full width": "ｖictim",
    "composed": "victi\u006d\u0301",
    "invisible": "vic\u00adtim",
    "127 and one": "v" * 128,
}


@pytest.fixture(scope="module")
def ended(site: Site) -> Mapping[str, str]:
    """A task for every name, by the name's name; they have ended."""
    tasks = {}
    for name, told in NAMES.items():
        answer = _sent(site, told.encode("utf-8", "surrogateescape").replace(b'"', b"%22"))
        assert answer[9:12] in (b"201", b"400"), answer[:300]
        if answer[9:12] == b"201":
            tasks[name] = json.loads(answer.partition(b"\r\n\r\n")[2])["task_id"]
    for task in tasks.values():
        _wait(site, task)
    return tasks


@pytest.mark.parametrize("name", NAMES)
def test_of_a_photo(site: Site, ended: Mapping[str, str], told: Told, name: str) -> None:
    if name not in ended:
        # No header of a form holds characters for control.
        told(ascii(NAMES[name][:40]), "400")
        assert re.search(r"[\x00-\x1f\x7f]", NAMES[name])
        return
    task = ended[name]
    found = site.http.get(f"{API}/tasks/{task}").json()
    shown = found["filename"]
    told(ascii(NAMES[name][:40]), shown)
    assert shown == clean_name(shown)
    assert shown.isprintable() or "\u200d" in shown
    assert PurePosixPath(shown).name == shown
    assert "\\" not in shown
    answer = site.http.get(f"{API}/download/{task}")
    header = answer.headers["content-disposition"]
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert set(answer.headers) >= {"x-content-type-options", "content-security-policy"}
    page = site.http.get(f"{API}/tasks/{task}/report")
    assert page.status_code == 200
    assert not MARKUP.search(page.text)
    assert "script-src" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["code of Typst", "markup of Typst", "script", "written backwards", "3,000 signs"])
def test_in_a_report_of_typst(site: Site, ended: Mapping[str, str], told: Told, name: str) -> None:
    answer = site.http.get(f"{API}/tasks/{ended[name]}/report.pdf")
    told(ascii(NAMES[name][:40]), f"{answer.status_code}, {len(answer.content):,} bytes")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"%PDF")
    assert b"root:" not in answer.content


def test_in_the_log_of_the_service(site: Site, ended: Mapping[str, str], told: Told) -> None:
    """Every line is JSON of ours, and holds nothing that a terminal acts upon."""
    lines = [line for line in site.service.log.read_bytes().split(b"\n") if line]
    told(f"{len(ended)} names", f"{len(lines)} lines of the log")
    # What the HTTP server says of requests that are none holds nothing of them.
    ours = (b"{", b"Safelight serves at", b"Invalid HTTP request received.")
    odd = [line for line in lines if not line.startswith(ours)]
    assert odd == []
    assert not [line for line in lines if b"\x1b" in line or b"\x07" in line or "\u2028".encode() in line]
    assert all(isinstance(json.loads(line), dict) for line in lines if line.startswith(b"{"))


def test_all_of_them_are_deleted_without_a_rest(unharmed: Site, ended: Mapping[str, str], told: Told) -> None:
    for task in ended.values():
        assert unharmed.http.delete(f"{API}/tasks/{task}").status_code in (200, 204)
    told(f"{len(ended)} tasks", "deleted, with their files")
    assert not list(unharmed.service.data.rglob("*owned*"))


@pytest.mark.parametrize("name", RAW)
def test_in_the_bytes_of_a_form(unharmed: Site, told: Told, name: str) -> None:
    answer = _sent(unharmed, RAW[name])
    status = int(answer[9:12])
    head, _, body = answer.partition(b"\r\n\r\n")
    told(RAW[name][:40], status)
    assert b"x-owned" not in head.lower()
    assert status in (201, 400)
    if status == 201:
        task = json.loads(body)["task_id"]
        _wait(unharmed, task)
        header = unharmed.http.get(f"{API}/download/{task}").headers["content-disposition"]
        assert ".." not in header
        assert unharmed.http.delete(f"{API}/tasks/{task}").status_code in (200, 204)


@pytest.mark.parametrize("name", NAMES)
def test_of_an_entry_of_a_zip(name: str, told: Told, tmp_path: Path) -> None:
    from safelight.datasets.dataset import Unpacked
    from safelight.datasets.folder import DatasetFolder
    from safelight.datasets.settings import UnpackParams
    from safelight.datasets.tools import BuildWatch
    from safelight.datasets.unpack import unpack

    source, place = tmp_path / "a.zip", tmp_path / "dataset"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("fine.png"), png(9, 9))
        file.writestr(zipfile.ZipInfo(NAMES[name].encode("utf-8", "replace").decode()), png(8, 8))
    source.write_bytes(buffer.getvalue())
    place.mkdir()
    found: Unpacked = unpack(source, DatasetFolder(place), UnpackParams(), max_pixels=1_000, watch=BuildWatch())
    names = [one.name for one in (*found.items, *found.skipped)]
    told(ascii(NAMES[name][:40]), next((one for one in names if one != "fine.png"), "nothing"))
    assert "fine.png" in names
    for one in names:
        assert not one.startswith(("/", "~/"))
        assert ".." not in PurePosixPath(one).parts
        assert not re.search(r"[\x00-\x1f\x7f\x1b\u2028\u202e]", one)
    made = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert made <= {"a.zip", "dataset"}
    assert {path.parent for path in place.rglob("*") if path.is_file()} <= {place / "originals"}


@pytest.mark.parametrize("name", USERS)
def test_of_a_user(site: Site, told: Told, name: str, victim: str) -> None:
    user = USERS[name]
    named = [(b"X-User-Id", user.encode())]
    with site.client() as http:
        listed = http.get(f"{API}/tasks", headers=named)
        one = http.get(f"{API}/tasks/{victim}", headers=named)
        there = http.get(f"{API}/user/victim/tasks", headers=named)
    told(user, f"{listed.status_code}, {one.status_code}, {there.status_code}")
    assert listed.status_code in (200, 400)
    assert listed.status_code == 400 or listed.json()["tasks"] == []
    assert one.status_code in (404, 400)
    assert there.status_code in (404, 400, 403) or there.json()["tasks"] == []


@pytest.fixture(scope="module")
def victim(site: Site) -> Iterator[str]:
    """A task of somebody else."""
    with site.client("victim") as http:
        files, fields = {"file": ("mine.png", png(8, 8))}, {"recipe": json.dumps(NOTHING)}
        task = str(http.post(f"{API}/tasks", files=files, data=fields).json()["task_id"])
        wait_until(lambda: http.get(f"{API}/tasks/{task}").json()["status"] == "completed", 60, "it does not end")
        yield task
        assert http.delete(f"{API}/tasks/{task}").status_code in (200, 204)


@pytest.mark.parametrize(
    "key", ["\x1b[31m", "a\tb", "é" * 201, "x" * 201, "", " ", "a\x7f", "\x00", "a\r\nX-Owned: yes", "../../etc/passwd"]
)
def test_of_a_request_that_is_done_once(site: Site, told: Told, key: str) -> None:
    data = sized(b"{}", f"Idempotency-Key: {key}", "Content-Type: application/json")
    answer = talk(site.service.port, data)
    told(ascii(key[:30]), answer[9:12].decode() or "the connection ended")
    assert not answer or answer[9:12] in (b"400", b"200")
    assert b"x-owned" not in answer.partition(b"\r\n\r\n")[0].lower()
    assert b"\x1b" not in answer


@pytest.mark.parametrize("name", NAMES)
def test_on_the_command_line(told: Told, name: str, tmp_path: Path, terminal: Mapping[str, str]) -> None:
    told(ascii(NAMES[name][:40]), terminal[name])
    assert terminal[name].isprintable()
    assert "owned" not in {path.name for path in tmp_path.iterdir()}


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the command line says of a file of each name that is no photo."""
    folder = tmp_path_factory.mktemp("terminal")
    photos = folder / "in"
    photos.mkdir()
    places = {}
    for number, (name, told) in enumerate(NAMES.items()):
        leaf = re.sub(r"[/\0]", "_", told)[:80].removesuffix(".png")
        places[name] = f"{number:02}{leaf}"
        (photos / f"{number:02}{leaf}.png").write_bytes(b"no photo")
    (folder / "nothing.json").write_text(json.dumps({"summary": "Nothing.", **NOTHING}))
    command = [
        sys.executable, "-c", "from safelight.cli.main import main; main()", "run", str(photos), "--recipe",
        str(folder / "nothing.json"), "-o", str(folder / "out"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=300, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    lines = (done.stdout + done.stderr).decode("utf-8").split("\n")
    assert "owned" not in {path.name for path in folder.iterdir()}
    # Each begins with its number; where a name would have made two lines of one, the second begins otherwise.
    told = [line for line in lines if line.startswith("failed ")]
    assert len(told) == len(NAMES), done.stdout
    return {name: next(line for line in told if f"/{number:02}" in line) for number, name in enumerate(places)}


def _sent(site: Site, name: bytes) -> bytes:
    """Send a photo whose name is these bytes; gives the whole answer."""
    mark = b"--" + MARK.encode()
    field = b'\r\nContent-Disposition: form-data; name="recipe"\r\n\r\n' + json.dumps(NOTHING).encode() + b"\r\n"
    head = b'\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n'
    body = mark + field + mark + head + png(8, 8) + b"\r\n" + mark + b"--\r\n"
    return talk(site.service.port, sized(body, f"Content-Type: {FORM}", path=f"{API}/tasks"))


def _wait(site: Site, task: str) -> None:
    def over() -> bool:
        return site.http.get(f"{API}/tasks/{task}").json()["status"] in ("completed", "failed")

    wait_until(over, 60, f"{task} does not end")
