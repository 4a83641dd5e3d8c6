from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import safelight.models
from safelight.errors import ModelError, UnknownModelError
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelTask, PackageSource, UrlSource, identity
from safelight.settings import Settings

SOURCE = Path(safelight.models.__file__).parents[2]


def catalog_in(*folders: Path) -> Catalog:
    return Catalog(Settings(models_dir=":".join(map(str, folders)), data_dir=folders[0]))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return catalog_in(tmp_path)


def test_every_hash_size_and_address_of_the_catalog_has_its_form(catalog: Catalog) -> None:
    for spec in catalog.list():
        assert spec.licence
        for file in (file for variant in spec.variants for file in variant.files):
            assert file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert (file.bytes is None) == (file.sha256 is None), f"{file.name} has a hash without a size"
            for source in file.sources:
                if isinstance(source, UrlSource):
                    assert source.url.startswith("https://")
                else:
                    assert isinstance(source, PackageSource)
                    assert re.fullmatch(r"[0-9a-f]{64}", source.archive_sha256)


def test_no_two_files_of_the_catalog_share_a_name_unless_they_are_the_same(catalog: Catalog) -> None:
    known: dict[str, str | None] = {}
    for file in (file for spec in catalog.list() for variant in spec.variants for file in variant.files):
        assert known.setdefault(file.name, file.sha256) == file.sha256


def test_the_catalog_names_no_package_index() -> None:
    text = (SOURCE / "safelight/models/catalog.toml").read_text()
    assert "simple" not in text
    assert "pypi" not in text.lower()


def test_every_name_in_a_set_or_a_quality_is_a_model_that_upscales(catalog: Catalog) -> None:
    assert [spec.id for spec in catalog.set("default")] == [
        "realesrgan-x4plus",
        "realesrgan-x4plus-anime",
        "realesr-animevideov3",
    ]
    for content in ("photo", "anime"):
        for quality in ("high", "medium", "fast"):
            assert all(spec.task is ModelTask.UPSCALE for spec in catalog.candidates(content, quality))


def test_the_default_set_needs_nothing_but_a_package_index(catalog: Catalog) -> None:
    for spec in catalog.set("default"):
        for file in spec.variants[0].files:
            assert any(isinstance(source, PackageSource) for source in file.sources)


def test_a_fast_photo_prefers_the_general_model_and_falls_back_to_the_anime_one(catalog: Catalog) -> None:
    assert [spec.id for spec in catalog.candidates("photo", "fast")] == [
        "realesrgan-general-x4v3",
        "realesr-animevideov3",
    ]


def test_an_unknown_kind_of_photo_is_an_error_that_lists_the_known_ones(catalog: Catalog) -> None:
    with pytest.raises(ModelError, match="photo/high"):
        catalog.candidates("sculpture", "high")


def test_face_restorers_are_not_commercial_and_the_upscalers_are(catalog: Catalog) -> None:
    assert not any(spec.commercial for spec in catalog.list(ModelTask.RESTORE_FACES))
    assert all(spec.commercial for spec in catalog.list(ModelTask.UPSCALE))


def test_an_unknown_model_is_an_error_that_lists_what_is_allowed(catalog: Catalog) -> None:
    with pytest.raises(UnknownModelError) as caught:
        catalog.get("realesrgan-x9")
    assert "realesrgan-x4plus" in str(caught.value)
    with pytest.raises(UnknownModelError) as caught:
        catalog.get("noto-sans-cjk", ModelTask.UPSCALE)
    assert "there are: realesrgan-x4plus" in str(caught.value)
    assert "gfpgan" not in str(caught.value)


def test_an_unknown_set_is_an_error_that_lists_the_sets(catalog: Catalog) -> None:
    with pytest.raises(UnknownModelError, match="default, faces, people, identity, styles, all"):
        catalog.set("everything")


def test_the_set_all_has_every_model_but_custom_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.pth").write_bytes(b"x")
    catalog = catalog_in(tmp_path)
    assert {spec.id for spec in catalog.list()} - {spec.id for spec in catalog.set("all")} == {"mine"}


def test_files_that_are_dropped_in_become_custom_upscale_models(tmp_path: Path) -> None:
    for name in ("4x Ultra Sharp.pth", "Nomos.safetensors", "pair.param", "pair.bin", "alone.bin", "alone2.param"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".hidden.pth").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"x")
    custom = {spec.id: spec for spec in catalog_in(tmp_path).list(ModelTask.UPSCALE) if spec.custom}
    assert set(custom) == {"4x-ultra-sharp", "nomos", "pair"}
    assert [file.name for file in custom["pair"].variants[0].files] == ["pair.param", "pair.bin"]
    assert custom["pair"].variants[0].format == "ncnn"
    assert custom["nomos"].variants[0].format == "safetensors"


def test_a_model_that_is_dropped_in_later_is_seen_by_the_same_catalog(tmp_path: Path) -> None:
    catalog = catalog_in(tmp_path)
    with pytest.raises(UnknownModelError):
        catalog.get("late")
    (tmp_path / "late.pth").write_bytes(b"x")
    assert catalog.get("late").custom


def test_a_file_of_the_catalog_is_not_a_custom_model(tmp_path: Path) -> None:
    (tmp_path / "RealESRGAN_x4plus.pth").write_bytes(b"x")
    assert not any(spec.custom for spec in catalog_in(tmp_path).list())


def test_a_custom_model_never_takes_a_name_of_the_catalog(tmp_path: Path) -> None:
    (tmp_path / "realesrgan-x4plus.pth").write_bytes(b"x")
    catalog = catalog_in(tmp_path)
    assert not catalog.get("realesrgan-x4plus").custom
    assert catalog.get("realesrgan-x4plus-pth").custom
    assert "taken" in catalog.get("realesrgan-x4plus-pth").note


def test_clashing_custom_names_are_told_apart_in_the_same_way_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, name in ((first, "A b.pth"), (first, "a-b.pth"), (first, "a-b.safetensors"), (second, "A B.pth")):
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    (second / "a-b.pth").write_bytes(b"shadowed by the first folder")
    found = {spec.id: spec.variants[0].files[0].name for spec in catalog_in(first, second).list() if spec.custom}
    assert found == {
        "a-b": "A b.pth",
        "a-b-pth": "a-b.pth",
        "a-b-safetensors": "a-b.safetensors",
        "a-b-pth-2": "A B.pth",
    }


OPERATORS = """
[[model]]
id = "realesrgan-x2plus"
title = "Ours"
task = "upscale"
architecture = "rrdbnet"
licence = "MIT"
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "ours.pth"
"""


def test_the_operators_catalog_replaces_a_model_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text(OPERATORS)
    assert catalog_in(tmp_path).get("realesrgan-x2plus").title == "Ours"


def test_trusted_hashes_fill_gaps_and_never_replace_what_is_known(tmp_path: Path) -> None:
    catalog = catalog_in(tmp_path)
    catalog.trust({"paprika.pt": ("a" * 64, 5), "RealESRGAN_x2plus.pth": ("b" * 64, 6)})
    paprika = catalog.get("animegan2-paprika").variants[0].files[0]
    assert (paprika.sha256, paprika.bytes) == ("a" * 64, 5)
    assert catalog.get("realesrgan-x2plus").variants[0].files[0].sha256 != "b" * 64
    catalog.trust({"paprika.pt": ("c" * 64, 7)})
    assert catalog.get("animegan2-paprika").variants[0].files[0].sha256 == "a" * 64


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this is not toml", "catalog"),
        (OPERATORS.replace("ours.pth", "../ours.pth"), "name"),
        (OPERATORS.replace("ours.pth", "/etc/ours.pth"), "name"),
        (OPERATORS.replace('licence = "MIT"', 'licence = "MIT"\ncolour = "red"'), "colour"),
        (OPERATORS + 'sha256 = "abc"', "sha256"),
        (OPERATORS + 'sources = [{ package = "nowhere", member = "x" }]', "described package"),
        (OPERATORS + OPERATORS, "more than once"),
    ],
)
def test_an_operators_catalog_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "catalog.toml").write_text(text)
    with pytest.raises(ModelError, match=said) as caught:
        catalog_in(tmp_path).list()
    assert str(tmp_path / "catalog.toml") in str(caught.value)


def test_one_file_is_its_own_identity_and_several_are_hashed_together_in_order() -> None:
    assert identity(["a" * 64]) == "a" * 64
    assert identity(["a" * 64, "b" * 64]) != identity(["b" * 64, "a" * 64])


def test_listing_models_imports_no_framework_and_no_network(tmp_path: Path) -> None:
    program = (
        "import sys; from safelight.models.catalog import Catalog; from safelight.models.weights import Weights;"
        "from safelight.settings import load_settings; s = load_settings(); c = Catalog(s); w = Weights(s, c);"
        "[w.state(m) for m in c.list()];"
        "print([n for n in ('torch', 'spandrel', 'httpx2', 'unearth', 'onnxruntime') if n in sys.modules])"
    )
    environ = {"PYTHONPATH": str(SOURCE), "SAFELIGHT_MODELS_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def custom_in(folder: Path) -> dict[str, list[str]]:
    listed = catalog_in(folder).list()
    return {spec.id: [file.name for file in spec.variants[0].files] for spec in listed if spec.custom}


def test_suffixes_in_capitals_are_models_too(tmp_path: Path) -> None:
    for name in ("A.PTH", "B.SafeTensors", "C.PARAM", "C.BIN", "D.param", "D.BIN", "D.bin"):
        (tmp_path / name).write_bytes(b"x")
    assert custom_in(tmp_path) == {
        "a": ["A.PTH"],
        "b": ["B.SafeTensors"],
        "c": ["C.PARAM", "C.BIN"],
        "d": ["D.param", "D.bin"],
    }


def test_names_that_cannot_be_shown_are_passed_over(tmp_path: Path) -> None:
    for name in (b"bad\xff.pth", b"line\nfeed.pth", b"\x1b[2Jclear.pth", "好.pth".encode()):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    assert custom_in(tmp_path) == {"好": ["好.pth"]}


def test_what_is_no_regular_file_is_no_model_and_hides_none(tmp_path: Path) -> None:
    (tmp_path / "folder.pth").mkdir()
    os.mkfifo(tmp_path / "pipe.pth")
    (tmp_path / "loop.pth").symlink_to("loop.pth")
    (tmp_path / "gone.pth").symlink_to("nowhere")
    (tmp_path / "mine.pth").write_bytes(b"x")
    assert custom_in(tmp_path) == {"mine": ["mine.pth"]}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_catalog_that_is_no_file_is_named_and_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "catalog.toml")
    with pytest.raises(ModelError, match="not a regular file"):
        catalog_in(tmp_path).list()
