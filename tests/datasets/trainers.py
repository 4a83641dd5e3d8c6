"""How trainers read a training set, written anew from their documented formats; nothing here is the linter's."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from PIL import Image


class Sample(NamedTuple):
    """One picture as it is trained on."""

    picture: Path
    caption: str
    repeats: int = 1
    regular: bool = False


KOHYA = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
ONETRAINER = (".bmp", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
AI_TOOLKIT = (".jpg", ".jpeg", ".png")


def pictures(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes)


def first_line(path: Path) -> str | None:
    """The caption in a file, as sd-scripts take it."""
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[0].strip(), f"{path}: empty caption"
    return lines[0].strip()


def kohya_folder(parent: Path, *, regular: bool = False) -> list[Sample]:
    """``--train_data_dir`` or ``--reg_data_dir``: subfolders `<repeats>_<class tokens>`, captions in ``.txt``."""
    found = []
    for folder in sorted(parent.iterdir()):
        number, _, tokens = folder.name.partition("_")
        if not folder.is_dir() or not number.isdigit():
            continue
        found += [
            Sample(path, first_line(path.with_suffix(".txt")) or tokens, int(number), regular)
            for path in pictures(folder, KOHYA)
        ]
    return found


def kohya_toml(config: Path, folder: Path) -> list[Sample]:
    """``--dataset_config`` of a trainer that was started in ``folder``: pictures directly in ``image_dir``."""
    values = tomllib.loads(config.read_text(encoding="utf-8"))
    found = []
    for dataset in values["datasets"]:
        for subset in dataset["subsets"]:
            scopes = {**values.get("general", {}), **dataset, **subset}
            suffix = scopes.get("caption_extension", ".caption")
            found += [
                Sample(
                    path, first_line(path.with_suffix(suffix)) or subset["class_tokens"], subset.get("num_repeats", 1),
                    subset.get("is_reg", False),
                )
                for path in pictures(folder / subset["image_dir"], KOHYA)
            ]  # fmt: skip
    return found


def kohya_json(metadata: Path, folder: Path) -> list[Sample]:
    """``--in_json``: tags are put behind the caption."""
    found = []
    for key, value in json.loads(metadata.read_text(encoding="utf-8")).items():
        parts = [value.get("caption") or "", value.get("tags") or ""]
        found.append(Sample(folder / key, ", ".join(part for part in parts if part)))
    return found


def onetrainer(folder: Path) -> list[Sample]:
    """Every line of ``<stem>.txt`` is a caption of the picture; masks are none."""
    found = []
    for path in pictures(folder, ONETRAINER):
        if path.stem.endswith("-masklabel"):
            continue
        lines = path.with_suffix(".txt").read_text(encoding="utf-8").split("\n")
        found += [Sample(path, line.strip()) for line in lines if line.strip()]
    return found


def ai_toolkit(folder: Path, trigger_word: str | None = None) -> list[Sample]:
    """``<stem>.txt``; with a trigger word, `[trigger]` becomes it, and a caption without it gets it in front."""
    found = []
    for path in pictures(folder, AI_TOOLKIT):
        caption = path.with_suffix(".txt").read_text(encoding="utf-8").strip()
        if trigger_word is not None:
            caption = caption.replace("[trigger]", trigger_word)
            if trigger_word not in caption:
                caption = f"{trigger_word}, {caption}"
        found.append(Sample(path, caption))
    return found


def decoded(path: Path) -> Image.Image:
    """A picture as PIL gives it to a trainer: no orientation is applied, no profile is read."""
    with Image.open(path) as image:
        image.load()
        assert image.getexif().get(0x0112, 1) == 1, f"{path}: turned by EXIF alone"
        assert "icc_profile" not in image.info, f"{path}: a profile that nobody reads"
        assert image.mode == "RGB", f"{path}: {image.mode}"
        return image.copy()


def has_face_box(path: Path) -> bool:
    """Whether sd-scripts read the end of a name as the box of a face."""
    return re.search(r"_\d+_\d+_\d+_\d+$", path.stem) is not None
