"""The page at /docs explains everything that the OpenAPI document has."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.running import API, Running
from safelight.operations import OPERATIONS

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(house: Running) -> Json:
    with house.client() as client:
        return dict(client.get("/openapi.json").json())


@pytest.fixture(scope="module")
def page(house: Running) -> str:
    with house.client() as client:
        return client.get("/docs").text


def fields(document: Json) -> Iterator[tuple[str, str, Json]]:
    """All fields of all bodies and answers, and all parameters: where, name, schema with its description."""
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for field, one in schema.get("properties", {}).items():
            yield name, field, {**schemas.get(str(one.get("$ref")).rsplit("/", 1)[-1], {}), **one}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for one in operation.get("parameters", ()):
                yield f"{method} {path}", one["name"], one
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for field, one in content["schema"].get("properties", {}).items():
                    yield f"{method} {path}", field, one


def text_of(page: str) -> str:
    """The words of the page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"</?code>", "", page)))


def test_every_field_is_described_and_on_the_page(document: Json, page: str) -> None:
    text = text_of(page)
    count = 0
    for where, name, one in fields(document):
        description = one.get("description", "")
        assert description, f"{where}: {name} has no description"
        assert name in page, f"{where}: {name} is not on the page"
        assert " ".join(description.replace("`", "").split()) in text, f"{where}: {name} is not explained"
        count += 1
    assert count > 200


def test_every_route_is_on_the_page_with_an_example(document: Json, page: str) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'<span class="method {method}">{method.upper()}</span> <code>{html.escape(path)}</code>' in page
            assert operation["summary"]
            assert operation["description"]
    assert page.count("<pre><code>curl ") == sum(map(len, document["paths"].values()))
    assert "curl -F file=@photo.jpg http://127.0.0.1:" in page
    assert f"{API}/enhance\n" in page or f"{API}/enhance<" in page


def test_every_parameter_of_every_operation_is_explained(page: str) -> None:
    text = text_of(page)
    for operation in OPERATIONS.values():
        assert f'id="operation-{operation.id.replace("_", "-")}"' in page
        for name, field in operation.params.model_fields.items():
            assert f"<code>{name}</code>" in page
            assert " ".join(str(field.description).replace("`", "").split()) in text


def test_defaults_and_allowed_values_are_told(page: str) -> None:
    text = text_of(page)
    assert "at least 1; at most 8" in text
    assert "png, jpeg, webp, tiff, avif" in text
    assert "pending, processing, completed, failed, cancelled" in text


def test_links_on_the_page_lead_somewhere(page: str) -> None:
    places = re.findall(r'id="([^"]+)"', page)
    assert len(places) == len(set(places))
    for link in re.findall(r'href="([^"]+)"', page):
        assert link == "/openapi.json" or link[1:] in places, link


def test_the_page_needs_nothing_from_anywhere(house: Running) -> None:
    with house.client() as client:
        answer = client.get("/docs")
    policy = answer.headers["content-security-policy"]
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    for what in ("<script", " src=", "url(", "@import", " style=", "onload", "<img", "<link"):
        assert what not in answer.text, what


def test_every_error_is_documented_in_the_one_shape(document: Json) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if status[0] in "45" and path != "/health":
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorView"}, (method, path, status)
