"""``safelight operations`` and ``safelight presets``: what there is, with its parameters."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, with the JSON Schema of the parameters.")]


def operations(as_json: Json = False) -> None:
    """Show all operations and their parameters."""
    from safelight.operations import OPERATIONS

    if as_json:
        rows = [
            {"id": one.id, "title": one.title, "summary": one.summary, "params": one.params.model_json_schema()}
            for one in OPERATIONS.values()
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for one in OPERATIONS.values():
        _print_parameters(f"{one.id} - {one.summary}", one.params.model_json_schema())


def presets(as_json: Json = False) -> None:
    """Show all presets and the steps they consist of."""
    from safelight.recipes.recipe import PRESETS, preset

    recipes = [preset(name) for name in PRESETS]
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in recipes], indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("preset", "what for", "steps", box=None, header_style="bold")
    for one in recipes:
        steps = [f"{step.operation}({_given(step.values)})" for step in one.steps]
        table.add_row(one.name, one.summary, "\n".join(steps))
    Console().print(table)


def _given(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={json.dumps(value)}" for name, value in values.items())


def _print_parameters(heading: str, schema: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("parameter", "default", "allowed", "meaning", box=None, header_style="bold", title_justify="left")
    for name, field in schema["properties"].items():
        table.add_row(name, json.dumps(field.get("default")), allowed(field, schema), field.get("description", ""))
    console = Console()
    console.print(heading, style="bold", highlight=False)
    console.print(table)
    console.print()


def allowed(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """Say which values a field of a JSON Schema takes."""
    if "$ref" in field:
        field = schema["$defs"][field["$ref"].rsplit("/", 1)[1]]
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if "minimum" in field or "maximum" in field:
        return f"{field.get('minimum', '')} to {field.get('maximum', '')}"
    if field.get("type") == "boolean":
        return "true | false"
    return "text" if "string" in json.dumps(field) else str(field.get("type", ""))
