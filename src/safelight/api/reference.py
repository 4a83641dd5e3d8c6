"""The reference of the HTTP interface as one page: made from the OpenAPI document, without scripts or requests."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from safelight.operations import OPERATIONS

_METHODS = ("get", "post", "put", "patch", "delete")
_BOUNDS = (
    ("minimum", "at least"), ("exclusiveMinimum", "more than"), ("maximum", "at most"),
    ("exclusiveMaximum", "less than"), ("minLength", "characters, at least"), ("maxLength", "characters, at most"),
    ("minItems", "entries, at least"),
)  # fmt: skip

Schema = Mapping[str, Any]
"""A piece of the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field or parameter, as the page shows it."""

    name: str
    """Its name."""
    place: str
    """Where a parameter stands: path, query or header; empty for fields of bodies."""
    type: str
    """Its type in words."""
    refers: str
    """Name of the schema that describes what is in it; empty if there is none."""
    required: bool
    """Whether it has to be given, or is always there."""
    default: str
    """What it is if it is left out; empty if nothing."""
    allowed: str
    """Which values it may have; empty if its type says it all."""
    text: str
    """What it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a body may be."""

    media: str
    """Its media type."""
    refers: str
    """Name of its schema; empty if it has none of its own."""
    many: bool
    """Whether it is a list of them."""
    fields: Sequence[Field]
    """Its fields, where they are not those of a named schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route, as the page shows it."""

    id: str
    """Its place on the page."""
    method: str
    """GET, POST, PUT or DELETE."""
    path: str
    """Its path."""
    summary: str
    """What it is for."""
    text: str
    """More of that."""
    parameters: Sequence[Field]
    """What stands in path, query and headers."""
    bodies: Sequence[Content]
    """What may be sent."""
    status: str
    """The status of the answer where all is well."""
    answers: Sequence[Content]
    """What is answered then."""
    curl: str
    """How to call it."""


def reference_page(document: Schema, base: str) -> str:
    """Write the page; ``base`` is the address of the service, for the examples."""
    schemas: Schema = document["components"]["schemas"]
    groups: dict[str, list[Route]] = {}
    for path, methods in document["paths"].items():
        for method in (one for one in _METHODS if one in methods):
            route = _route(path, method, methods[method], schemas, base)
            groups.setdefault(methods[method]["tags"][0], []).append(route)
    return _environment().get_template("docs.html").render(
        title=document["info"]["title"], version=document["info"]["version"], text=document["info"]["description"],
        groups=groups, errors=_errors(document), style=style(), slug=_slug,
        schemas={name: (one.get("description", ""), fields_of(one, schemas)) for name, one in schemas.items()},
        operations={one: fields_of(one.params.model_json_schema(), {}) for one in OPERATIONS.values()},
    )  # fmt: skip


def content_policy() -> str:
    """Give the Content-Security-Policy under which the page is shown as it is meant."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def style() -> str:
    """Give the style sheet of the page."""
    return files("safelight.api").joinpath("templates", "docs.css").read_text(encoding="utf-8")


def fields_of(schema: Schema, schemas: Schema) -> list[Field]:
    """Give the fields of an object; for a list of values, one field that holds them."""
    required = frozenset(schema.get("required", ()))
    found = schema.get("properties", {})
    local = {**schemas, **schema.get("$defs", {})}
    if not found and "enum" in schema:
        return [_field("value", schema, local, required=True)]
    return [_field(name, one, local, required=name in required) for name, one in found.items()]


def _route(path: str, method: str, operation: Schema, schemas: Schema, base: str) -> Route:
    status = next(one for one in operation["responses"] if one.startswith("2"))
    return Route(
        id=_slug(f"{method} {path}"), method=method.upper(), path=path, summary=operation.get("summary", ""),
        text=operation.get("description", ""),
        parameters=[
            _field(
                one["name"], {**one["schema"], "description": one.get("description", "")}, schemas,
                required=one.get("required", False), place=one["in"],
            )
            for one in operation.get("parameters", ())
        ],
        bodies=_contents(operation.get("requestBody", {}).get("content", {}), schemas),
        status=status, answers=_contents(operation["responses"][status].get("content", {}), schemas),
        curl=_curl(path, method, operation, base),
    )  # fmt: skip


def _contents(content: Schema, schemas: Schema) -> list[Content]:
    found = []
    for media, one in content.items():
        schema = one.get("schema", {})
        many = schema.get("type") == "array"
        refers = _refers(schema)
        fields = [] if refers else fields_of(schema, schemas)
        found.append(Content(media=media, refers=refers, many=many, fields=fields))
    return found


def _field(name: str, schema: Schema, schemas: Schema, *, required: bool, place: str = "") -> Field:
    refers = _refers(schema)
    meant: Schema = schemas.get(refers, {})
    if "enum" in meant:
        # Few values are told at once.
        schema, refers = {**meant, **{key: schema[key] for key in ("default", "description") if key in schema}}, ""
    default = schema.get("default")
    return Field(
        name=name, place=place, type=_type(schema), refers=refers, required=required,
        default="" if default is None else json.dumps(default, ensure_ascii=False),
        allowed=_allowed(schema, schemas), text=schema.get("description") or meant.get("description", ""),
    )  # fmt: skip


def _parts(schema: Schema) -> list[Schema]:
    """The kinds of values that a schema allows, without the one that means that there is none."""
    kinds: list[Schema] = [one for name in ("anyOf", "oneOf", "allOf") for one in schema.get(name, ())]
    return [one for one in kinds if one.get("type") != "null"]


def _type(schema: Schema) -> str:
    if parts := _parts(schema):
        text = " or ".join(dict.fromkeys(_type(one) for one in parts))
        return f"{text} or null" if any(one.get("type") == "null" for one in schema.get("anyOf", ())) else text
    if "$ref" in schema:
        return "object"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("format") == "binary":
        return "file"
    if schema.get("contentMediaType") == "application/json":
        return "JSON text"
    if schema.get("format") == "date-time":
        return "date and time"
    return str(schema.get("type", "any"))


def _refers(schema: Schema) -> str:
    """The name of the schema that a value follows, or the entries of a list or mapping do."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    inner = [*_parts(schema), schema.get("items"), schema.get("additionalProperties")]
    return next((name for one in inner if isinstance(one, Mapping) and (name := _refers(one))), "")


def _allowed(schema: Schema, schemas: Schema) -> str:
    if "enum" in schema:
        return ", ".join(str(one) for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    inner = [*_parts(schema), *([schema["items"]] if "items" in schema else [])]
    found = [text for one in inner if (text := _allowed(schemas.get(_refers(one), one), schemas))]
    found += [f"{words} {schema[key]}" for key, words in _BOUNDS if key in schema]
    found += [f"pattern {schema['pattern']}"] if "pattern" in schema else []
    return "; ".join(found)


def _curl(path: str, method: str, operation: Schema, base: str) -> str:
    address = base + re.sub(r"\{(\w+)\}", lambda found: f"${found[1].upper()}", path)
    words = ["curl"]
    content = operation.get("requestBody", {}).get("content", {})
    form = content.get("multipart/form-data", {}).get("schema", {}).get("properties", {})
    if "file" in form:
        words += ["-F file=@photo.jpg"]
    elif "files" in form:
        words += ["-F files=@one.jpg", "-F files=@two.jpg"]
    elif "application/json" in content:
        words += [f"-X {method.upper()}"] if method != "post" else []
        example = json.dumps(content["application/json"].get("example", {}))
        words += ["-H 'Content-Type: application/json'", f"-d '{example}'"]
    elif method != "get":
        words += [f"-X {method.upper()}"]
    answers = next(one for status, one in operation["responses"].items() if status.startswith("2")).get("content", {})
    if "text/event-stream" in answers:
        words += ["-N"]
    elif answers and not any(one.startswith(("application/json", "text/")) for one in answers):
        words += ["-OJ"]
    return " ".join([*words, f'"{address}"' if "$" in address else address])


def _errors(document: Schema) -> dict[str, str]:
    """The errors that every route may answer with: status and meaning."""
    operations: Iterable[Schema] = (one for methods in document["paths"].values() for one in methods.values())
    found = {
        status: answer["description"] for operation in operations for status, answer in operation["responses"].items()
    }
    return {status: text for status, text in sorted(found.items()) if status.startswith(("4", "5"))}


def _prose(text: str) -> Markup:
    """Write paragraphs, with what stands between backticks as code."""
    paragraphs = [re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(one))) for one in text.strip().split("\n\n")]
    # Escaped just above.
    return Markup("").join(Markup("<p>{}</p>").format(Markup(one)) for one in paragraphs if one)  # noqa: S704 # nosec B704


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("safelight.api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["prose"] = _prose
    return made
