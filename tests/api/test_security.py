"""Who may call, from where, and what every answer carries."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from api.running import API, Running, failure, png, running
from safelight.api.app import create_app
from safelight.api.security import check_binding
from safelight.errors import SettingsError
from safelight.settings import Settings

FILE = {"file": ("a.png", png())}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "[", ""])
def test_a_foreign_name_of_the_service_is_refused(house: Running, host: str) -> None:
    with house.client(Host=host) as client:
        for path in (f"{API}/stats", "/health", "/docs", "/openapi.json"):
            failure(client.get(path), 403, "forbidden")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8000", "192.168.1.4"])
def test_loopback_names_and_addresses_are_no_foreign_names(house: Running, host: str) -> None:
    with house.client(Host=host) as client:
        assert client.get(f"{API}/stats").status_code == 200


def test_other_names_have_to_be_allowed(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, allowed_hosts="studio.lan", public_url="https://photos.example") as house:
        for host, status in (("Studio.lan:80", 200), ("photos.example", 200), ("other.lan", 403)):
            with house.client(Host=host) as client:
                assert client.get(f"{API}/stats").status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ],
)  # fmt: skip
def test_a_page_of_another_origin_may_not_change_anything(house: Running, headers: dict[str, str]) -> None:
    with house.client(**headers) as client:
        failure(client.post(f"{API}/enhance", files=FILE), 403, "forbidden")
        failure(client.delete(f"{API}/tasks/x"), 403, "forbidden")
        failure(client.put(f"{API}/presets/x", json={}), 403, "forbidden")
        assert "access-control-allow-origin" not in client.get(f"{API}/stats").headers


def test_a_page_of_the_service_itself_may(house: Running) -> None:
    with house.client(Origin=house.url) as client:
        assert client.post(f"{API}/plan", json={}).status_code == 200
    with house.client(**{"Sec-Fetch-Site": "same-origin"}) as client:
        assert client.post(f"{API}/plan", json={}).status_code == 200


@pytest.mark.parametrize(
    ("public", "origin", "status"),
    [
        ("https://photos.example", "https://photos.example", 200),
        ("https://Photos.example:443/studio/", "https://photos.example", 200),
        ("https://photos.example:8443", "https://photos.example:8443", 200),
        ("https://photos.example:8443", "https://photos.example", 403),
        ("https://photos.example", "https://evil.example", 403), ("", "", 403),
    ],
)  # fmt: skip
def test_pages_that_a_proxy_shows_are_the_services_own(tmp_path: Path, public: str, origin: str, status: int) -> None:
    with (
        running(tmp_path, worker=False, public_url=public, allowed_hosts="photos.example") as house,
        house.client(Host="photos.example", Origin=origin) as client,
    ):
        assert client.post(f"{API}/plan", json={}).status_code == status


def test_pages_that_are_allowed_may_call_and_read(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, cors_origins="https://app.example, null") as house:
        for origin in ("https://app.example", "null"):
            with house.client(Origin=origin) as client:
                answer = client.post(f"{API}/plan", json={})
                assert answer.status_code == 200
                assert answer.headers["access-control-allow-origin"] == origin
                assert "cross-origin-resource-policy" not in answer.headers
                missing = client.get(f"{API}/task/x")
                assert missing.headers["access-control-allow-origin"] == origin
                asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
                before = client.options(f"{API}/enhance", headers=asked)
                assert before.status_code == 200
                assert "idempotency-key" in before.headers["access-control-allow-headers"].lower()
        with house.client(Origin="https://evil.example") as client:
            failure(client.post(f"{API}/plan", json={}), 403, "forbidden")
            assert "access-control-allow-origin" not in client.get(f"{API}/stats").headers


def test_a_token_is_asked_for_where_there_is_one(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, token="pä$$") as house:
        with house.client() as client:
            refused = client.get(f"{API}/stats")
            failure(refused, 401, "not_signed_in")
            assert refused.headers["www-authenticate"] == "Bearer"
            failure(client.post(f"{API}/enhance", files=FILE), 401, "not_signed_in")
            failure(client.get(f"{API}/events"), 401, "not_signed_in")
            failure(client.get("/metrics"), 401, "not_signed_in")
            assert client.get("/health").status_code == client.get("/docs").status_code == 200
        for headers, status in (
            ({"Authorization": "Bearer nope"}, 401), ({"Authorization": "pass"}, 401), ({"X-API-Key": "nope"}, 401),
        ):  # fmt: skip
            with house.client(**headers) as client:
                assert client.get(f"{API}/stats").status_code == status


def test_the_token_opens(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, token="secret") as house:
        for headers in (
            {"Authorization": "Bearer secret"},
            {"Authorization": "bearer  secret"},
            {"X-API-Key": "secret"},
        ):
            with house.client(**headers) as client:
                assert client.get(f"{API}/stats").status_code == 200
        with pytest.raises(InvalidStatus):
            connect(house.url.replace("http", "ws") + f"{API}/ws")
        with connect(
            house.url.replace("http", "ws") + f"{API}/ws", additional_headers={"Authorization": "Bearer secret"}
        ) as socket:
            socket.close()


def test_a_trusted_network_needs_no_token(tmp_path: Path) -> None:
    networks = "10.0.0.0/8, 127.0.0.0/8"
    with (
        running(tmp_path, worker=False, token="secret", trusted_networks=networks) as house,
        house.client("anybody") as client,
    ):
        assert client.get(f"{API}/stats").status_code == 200


@pytest.mark.parametrize(
    ("client", "settings", "status"),
    [
        ("127.0.0.1", {}, 200), ("::1", {}, 200), ("192.168.1.9", {}, 401), ("10.1.2.3", {}, 401),
        ("10.1.2.3", {"trusted_networks": "10.0.0.0/8"}, 200),
        ("::ffff:10.1.2.3", {"trusted_networks": "10.0.0.0/8"}, 200),
        ("11.1.2.3", {"trusted_networks": "10.0.0.0/8"}, 401), ("127.0.0.1", {"token": "x"}, 401),
        ("fd00::7", {"trusted_networks": "fd00::/8"}, 200), ("testclient", {}, 401),
    ],
)  # fmt: skip
def test_who_is_asked_depends_on_where_they_are(
    tmp_path: Path, client: str, settings: dict[str, str], status: int
) -> None:
    assert asked(tmp_path, client, settings, {}) == status


@pytest.mark.parametrize("name", ["X-Forwarded-For", "x-real-ip", "Forwarded"])
@pytest.mark.parametrize(
    ("settings", "token", "status"),
    [
        ({}, "", 401), ({"token": "x"}, "", 401), ({"token": "x"}, "x", 200),
        ({"trusted_networks": "10.0.0.0/8"}, "", 401), ({"trusted_networks": "127.0.0.0/8"}, "", 200),
    ],
)  # fmt: skip
def test_behind_a_proxy_on_this_machine_nobody_is_this_machine(
    tmp_path: Path, name: str, settings: dict[str, str], token: str, status: int
) -> None:
    settings = {"public_url": "https://photos.example", **settings}
    headers = {"Host": "photos.example", name: "127.0.0.1", "X-API-Key": token}
    assert asked(tmp_path, "127.0.0.1", settings, headers) == status


def asked(data: Path, client: str, settings: dict[str, str], headers: dict[str, str]) -> int:
    """The status for somebody who calls from an address."""
    import anyio

    from safelight.service import Service
    from safelight.tasks.migrate import migrate

    service = Service(Settings.model_validate({"data_dir": data, **settings}))
    migrate(service.database)
    app = create_app(service)

    async def ask() -> int:
        transport = httpx2.ASGITransport(app=app, client=(client, 5))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as caller:
            return int((await caller.get(f"{API}/stats", headers=headers)).status_code)

    try:
        return anyio.run(ask)
    finally:
        service.database.close()


def test_it_is_reached_from_outside_only_with_a_lock() -> None:
    for public in ("https://photos.example", "photos.example", "http://192.168.1.4:8000"):
        with pytest.raises(SettingsError, match="SAFELIGHT_TOKEN"):
            check_binding(Settings(public_url=public))
        check_binding(Settings(public_url=public, token="x"))
        check_binding(Settings(public_url=public, trusted_networks="10.0.0.0/8"))
    for public in ("http://localhost:9000/", "http://127.0.0.1", "http://[::1]:80"):
        check_binding(Settings(public_url=public))
    for public in ("http://[", "http://photos.example:none"):
        with pytest.raises(SettingsError, match="SAFELIGHT_PUBLIC_URL"):
            check_binding(Settings(public_url=public, token="x"))


def test_it_listens_elsewhere_only_with_a_lock() -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_TOKEN"):
        check_binding(Settings(host="0.0.0.0"))
    check_binding(Settings(host="0.0.0.0", token="x"))
    check_binding(Settings(host="0.0.0.0", trusted_networks="10.0.0.0/8"))
    check_binding(Settings(host="::1"))
    with pytest.raises(SettingsError, match="SAFELIGHT_TRUSTED_NETWORKS"):
        check_binding(Settings(host="0.0.0.0", trusted_networks="everybody"))


@pytest.mark.parametrize(
    "path", [f"{API}/stats", f"{API}/task/x", "/nothing", "/", "/docs", "/openapi.json", "/metrics"]
)
def test_every_answer_is_closed(house: Running, path: str) -> None:
    with house.client() as client:
        headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_a_fault_tells_nothing(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("/srv/somebody/secret")

    with monkeypatch.context() as patch, house.client() as client:
        patch.setattr(type(house.service.tasks), "counts", broken)
        answer = client.get(f"{API}/stats")
        failure(answer, 500, "internal")
        assert "somebody" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_database_that_is_away_tells_no_address(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from safelight.errors import DatabaseAwayError

    def away(*_: object) -> None:
        raise DatabaseAwayError(f"{house.service.database.where}: disk I/O error")

    with monkeypatch.context() as patch, house.client() as client:
        patch.setattr(type(house.service.tasks), "counts", away)
        patch.setattr(type(house.service.workers), "all", away)
        answer = client.get(f"{API}/stats")
        failure(answer, 503, "database_away")
        assert int(answer.headers["retry-after"]) > 0
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "degraded")
        assert "safelight.db" not in answer.text + health.text


def test_an_error_names_no_folder(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from safelight.api.accepting import Acceptor
    from safelight.errors import MissingWeightsError

    folder = house.service.settings.model_folders[0]

    def missing(*_: object, **__: object) -> None:
        raise MissingWeightsError(f"the weights of a are not in {folder}", hint=f"put the file into {folder}")

    with monkeypatch.context() as patch, house.client() as client:
        patch.setattr(Acceptor, "plan", missing)
        answer = client.post(f"{API}/plan", json={})
    assert failure(answer, 422, "missing_weights")["message"] == (
        "the weights of a are not in the models folder (put the file into the models folder)"
    )
    assert str(house.service.settings.data_dir) not in answer.text
