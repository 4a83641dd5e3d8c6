"""``safelight restore``: repair faces in old or small photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from safelight.cli.one_step import one_step
from safelight.cli.options import on_photos

if TYPE_CHECKING:
    from safelight.recipes.recipe import Recipe


@on_photos("restored")
def restore(
    strength: Annotated[
        float | None, typer.Option(help="How much of the restored face is taken, 0-1. [default: 0.5]")
    ] = None,
    scale: Annotated[float | None, typer.Option(help="Size of the result over the photo's, 1-4. [default: 2]")] = None,
    restorer: Annotated[
        str | None, typer.Option(help="gfpgan-v1.4, codeformer, detail, a model of yours, or auto. [default: auto]")
    ] = None,
    faces: Annotated[
        str, typer.Option(help="all, largest, center, or numbers as a result tells them: 0,2.", metavar="WHICH")
    ] = "all",
    min_size: Annotated[
        int | None, typer.Option(help="Leave smaller faces as they are, in pixels. [default: 24]")
    ] = None,
    aligned: Annotated[bool, typer.Option("--aligned", help="The photos are crops of one face, as in FFHQ.")] = False,
    quality: Annotated[
        str | None, typer.Option(help="How the background is enlarged: fast, medium or high.", metavar="LEVEL")
    ] = None,
    skip_missing: Annotated[
        bool, typer.Option("--skip-missing", help="Where the restorer cannot be had, leave faces and do the rest.")
    ] = False,
) -> Recipe:
    """Repair faces, with the person still themselves, and enlarge the photos.

    Each result tells which faces were found, what restored them, and how much they are still the same person.
    """
    values: dict[str, object] = {
        "strength": strength, "scale": scale, "restorer": restorer, "min_size": min_size, "quality_level": quality,
        "already_aligned": aligned or None, "on_missing_model": "skip" if skip_missing else None,
    }  # fmt: skip
    return one_step("restore", "restore_faces", {**values, **_which(faces)})


def _which(faces: str) -> dict[str, object]:
    if faces == "all":
        return {}
    if faces == "largest":
        return {"faces": "largest"}
    if faces == "center":
        return {"only_center_face": True}
    numbers = [part.strip() for part in faces.split(",")]
    if not all(part.isdecimal() and len(part) < 5 for part in numbers):
        raise typer.BadParameter(f"{faces!r} is none of all, largest, center, nor numbers", param_hint="--faces")
    return {"indices": [int(part) for part in numbers]}
