"""The web studio's pages: what is shown where, under which policy, and that nothing else is."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from api.running import API, Running, failure, running
from safelight.api.app import create_app
from safelight.api.studio import OTHER, other_origin
from safelight.service import Service
from safelight.settings import Settings

INDEX = """<!doctype html><html><head><meta name="csp-nonce" content="__NONCE__"><title>Studio</title></head></html>"""
SCRIPT = "export const darkroom = 'light';\n" * 200
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OPEN = {
    "/health", "/docs", "/openapi.json",
    *(f"{API}/{one}" for one in ("session", "account", "account/sign-in", "account/invite")),
}  # fmt: skip
"""What answers without a token."""


def make_bundle(folder: Path) -> Path:
    """A studio as small as one can be."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / ".made-of").write_text("sources")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "assets" / "index-B1.js").write_text(SCRIPT)
    (folder / "assets" / "index-C2.css").write_text("body { color: red }")
    (folder / "assets" / "inter-D3.woff2").write_bytes(b"wOF2")
    (folder / "assets" / "anime-E4.webp").write_bytes(b"RIFF")
    (folder.parent / "outside.js").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that has its pages."""
    folder = tmp_path_factory.mktemp("studio")
    with running(folder / "data", worker=False, bundle=make_bundle(folder / "pages")) as found:
        yield found


@pytest.fixture
def browser(studio: Running) -> Iterator[httpx2.Client]:
    """Somebody who opens addresses."""
    with studio.client(**BROWSER) as found:
        yield found


def directives(answer: httpx2.Response) -> dict[str, list[str]]:
    """The policy of an answer: sources by directive."""
    parts = [one.split() for one in answer.headers["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


def nonce_in(answer: httpx2.Response) -> str:
    found = re.search(r'content="([A-Za-z0-9_-]{22})"', answer.text)
    assert found, answer.text
    return found[1]


@pytest.mark.parametrize("path", ["/", "/history", "/batches/0123", "/photos/a.b", "/datasets/x/review", "/nothing/"])
def test_every_address_that_is_no_route_shows_the_page(browser: httpx2.Client, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Studio</title>" in answer.text
    head = browser.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/api", "/api/", "/api/v2/tasks", f"{API}/nothing", f"{API}/task/none", "/assets/", "/assets/missing-F5.js",
        "/assets/../outside.js", "/assets/%2e%2e/%2e%2e/outside.js", "/assets/..%2f..%2foutside.js",
        "/assets//index-B1.js", "/docs/", "/health/x", "/metrics/x", "/openapi.json/x",
        "/sw.js", "/robots.txt", "/favicon.ico", "/index.html",
    ],
)  # fmt: skip
def test_what_is_missing_of_the_interface_and_the_files_stays_missing(studio: Running, path: str) -> None:
    sent = httpx2.Request("GET", studio.url, headers=BROWSER)
    with studio.client() as client:
        sent.url = sent.url.copy_with(raw_path=path.encode())
        failure(client.send(sent), 404, "not_found")


def test_only_who_asks_for_a_page_gets_it(studio: Running) -> None:
    with studio.client(Accept="application/json") as client:
        failure(client.get("/history"), 404, "not_found")
        assert client.get("/").status_code == 200
    with studio.client(Accept="image/avif,image/webp,*/*;q=0.8") as client:
        failure(client.get("/favicon.ico"), 404, "not_found")


def test_a_page_is_only_looked_at(browser: httpx2.Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        failure(browser.request(method, "/history"), 404, "not_found")


def test_what_made_the_bundle_is_not_shown(studio: Running) -> None:
    with studio.client() as client:
        failure(client.get("/.made-of"), 404, "not_found")
        failure(client.get("/index.html"), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "media", "cached"),
    [
        ("/assets/index-B1.js", "text/javascript; charset=utf-8", True),
        ("/assets/index-C2.css", "text/css; charset=utf-8", True),
        ("/assets/inter-D3.woff2", "font/woff2", True),
        ("/assets/anime-E4.webp", "image/webp", True),
        ("/manifest.webmanifest", "application/manifest+json", False),
        ("/icon.svg", "image/svg+xml", False),
    ],
)
def test_files_say_what_they_are_and_how_long_they_last(studio: Running, path: str, media: str, cached: bool) -> None:
    with studio.client() as client:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, media)
        assert answer.headers["cache-control"] == ("public, max-age=31536000, immutable" if cached else "no-cache")
        assert answer.headers["x-content-type-options"] == "nosniff"
        again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("*", True),
        ("identity", False),
        ("gzip;q=0", False),
    ],
)
def test_text_is_packed_where_that_is_taken(studio: Running, accepted: str, packed: bool) -> None:
    with (
        studio.client(**{"Accept-Encoding": accepted}) as client,
        client.stream("GET", "/assets/index-B1.js") as answer,
    ):
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(raw)
    assert (gzip.decompress(raw) if packed else raw).decode() == SCRIPT
    with studio.client(**{"Accept-Encoding": accepted}) as client:
        assert "content-encoding" not in client.get("/assets/inter-D3.woff2").headers


def test_the_page_may_load_nothing_that_is_not_its_own(browser: httpx2.Client) -> None:
    answer = browser.get("/")
    assert directives(answer) == {
        "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'", f"'nonce-{nonce_in(answer)}'"],
        "img-src": ["'self'", "blob:", "data:"], "font-src": ["'self'"], "connect-src": ["'self'"],
        "manifest-src": ["'self'"], "base-uri": ["'none'"], "form-action": ["'self'"],
        "frame-ancestors": ["'none'"], "object-src": ["'none'"],
    }  # fmt: skip
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_no_two_answers_have_the_same_nonce(browser: httpx2.Client) -> None:
    first, second = browser.get("/"), browser.get("/")
    assert nonce_in(first) != nonce_in(second)
    assert "__NONCE__" not in first.text


def test_a_page_that_a_browser_kept_stays_valid_with_its_nonce(browser: httpx2.Client) -> None:
    first = browser.get("/history")
    assert "no-cache" in first.headers["cache-control"]
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}'):
        again = browser.get("/", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    changed = browser.get("/", headers={"If-None-Match": '"00000000000000000000.AAAAAAAAAAAAAAAAAAAAAA"'})
    assert changed.status_code == 200
    other = browser.get("/", headers={"If-None-Match": first.headers["etag"], "Cookie": f"{OTHER}=http://nas:8000"})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://nas:8000", "https://photos.example", "http://192.168.1.4:8000", "http://[fd00::7]:8000"]
)
def test_another_safelight_may_be_worked_with(browser: httpx2.Client, origin: str) -> None:
    answer = browser.get("/", headers={"Cookie": f"a=b; {OTHER}={quote(origin, safe='')}"})
    policy = directives(answer)
    assert policy["connect-src"] == ["'self'", origin]
    assert policy["img-src"] == ["'self'", "blob:", "data:", origin]
    assert policy["script-src"] == ["'self'"]
    assert "Cookie" in answer.headers["vary"]


@pytest.mark.parametrize(
    "value",
    [
        "", "*", "https:", "http://*", "https://*.example", "https://a.example/", "https://a.example/x", "data:",
        "https://a.example;script-src *", "https://a.example script-src", "https://a.example\n", "'unsafe-inline'",
        "https://user@a.example", "https://a.example:", "https://a.example:1234567", "javascript:alert(1)",
        "https://" + "a" * 250 + ".example", "http://[fd00::7", "ws://a.example", "https://a.exämple", "HTTPS://A",
        "https://-", "https://a.example?x", "https://a.example\r\nX-Y: z", "https://a.example,https://b.example",
    ],
)  # fmt: skip
def test_what_is_no_plain_origin_changes_no_policy(browser: httpx2.Client, value: str) -> None:
    for cookie in (f"{OTHER}={quote(value, safe='')}", f"{OTHER}={quote(quote(value, safe=''), safe='')}"):
        assert other_origin(cookie) == ""
        policy = directives(browser.get("/", headers={"Cookie": cookie}))
        assert policy["connect-src"] == ["'self'"]
        assert policy["img-src"] == ["'self'", "blob:", "data:"]


def test_the_shell_needs_no_token_and_everything_else_does(tmp_path: Path) -> None:
    with running(tmp_path / "data", worker=False, token="secret", bundle=make_bundle(tmp_path / "pages")) as house:
        with house.client(**BROWSER) as client:
            for path in ("/", "/history", "/assets/index-B1.js", "/icon.svg"):
                assert client.get(path).status_code == 200
            failure(client.get("/metrics"), 401, "not_signed_in")
            failure(client.get(f"{API}/nothing"), 401, "not_signed_in")
        with house.client(Host="evil.example", **BROWSER) as client:
            failure(client.get("/"), 403, "forbidden")
            failure(client.get("/assets/index-B1.js"), 403, "forbidden")


def test_no_route_is_taken_for_a_page(tmp_path: Path) -> None:
    """A route that is new at the root would else be open to everybody."""
    service = Service(Settings(data_dir=tmp_path / "data"))
    paths = set(create_app(service).openapi()["paths"])
    service.database.close()
    bundle = make_bundle(tmp_path / "pages")
    with (
        running(tmp_path, worker=False, token="secret", bundle=bundle) as house,
        house.client(**BROWSER) as client,
    ):
        for path in paths - OPEN:
            failure(client.get(path.replace("{", "").replace("}", "")), 401, "not_signed_in")
    assert len(paths) > 30


def test_without_pages_it_says_how_they_are_built(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, bundle=tmp_path / "none") as house, house.client(**BROWSER) as client:
        for path in ("/", "/history"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "make studio" in answer.text
            assert 'href="/docs"' in answer.text
            policy = directives(answer)
            [nonce] = re.findall(r'<style nonce="([^"]+)">', answer.text)
            assert policy["style-src"] == [f"'nonce-{nonce}'"]
            assert (policy["default-src"], "script-src" in policy) == (["'none'"], False)
            for what in ("<script", " src=", "url(", "@import", " style=", "<img", "<link"):
                assert what not in answer.text, what
        failure(client.get("/assets/index-B1.js"), 404, "not_found")
