"""``restore``, ``cartoonize``, ``stylize``, ``run`` and ``sheet`` as a user types them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest
import pyvips
from skimage import data

from acceptance_run import Run
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo

Safelight = Callable[..., Run]


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "ada.jpg"
    Photo(pyvips.Image.new_from_array(data.astronaut()).crop(120, 0, 220, 220)).save(path)
    return path


def test_a_cartoon_has_its_settings_in_its_name(safelight: Safelight, portrait: Path, tmp_path: Path) -> None:
    run = safelight("cartoonize", portrait, "--style", "ink", "--strength", "0.85", "--resolution", "512", "--json")
    assert run.code == 0, run.err
    [row] = run.rows
    assert re.fullmatch(r"ada_ink_\d{14}_r512_s085\.png", Path(row["output"]).name)
    result = open_photo(tmp_path / row["output"], max_pixels=10**9)
    assert max(result.width, result.height) == 512


def test_the_same_cartoon_again_is_skipped_and_another_strength_lies_beside_it(
    safelight: Safelight, portrait: Path, tmp_path: Path
) -> None:
    first = safelight("cartoonize", portrait, "--resolution", "512", "--json").rows[0]
    second = safelight("cartoonize", portrait, "--resolution", "512", "--json").rows[0]
    assert (second["status"], second["output"]) == ("skipped", first["output"])
    safelight("cartoonize", portrait, "--resolution", "512", "--strength", "0.5")
    assert len(list((tmp_path / "cartoons").glob("*.png"))) == 2


def test_a_cartoon_made_again_by_force_has_its_own_time_and_stands_alone(
    safelight: Safelight, portrait: Path, tmp_path: Path
) -> None:
    first = safelight("cartoonize", portrait, "--resolution", "512", "--json").rows[0]["output"]
    while f"{datetime.now(UTC).astimezone():%Y%m%d%H%M%S}" in first:
        sleep(0.1)
    forced = safelight("cartoonize", portrait, "--resolution", "512", "--force", "--json").rows[0]["output"]
    assert forced > first, "names tell the time"
    assert [path.name for path in (tmp_path / "cartoons").glob("*.png")] == [Path(forced).name]
    again = safelight("cartoonize", portrait, "--resolution", "512", "--json").rows[0]
    assert (again["status"], again["output"]) == ("skipped", forced)


def test_what_a_style_has_no_use_for_is_said(safelight: Safelight, portrait: Path) -> None:
    run = safelight("stylize", portrait, "--style", "realistic", "--set", "stylize.canvas=512", "--json")
    assert any("canvas was not used" in warning for warning in run.rows[0]["warnings"])


@pytest.mark.parametrize(
    ("mix", "words"), [("harvest=1,harvest=3", "named twice"), ("", "has no name"), ("=2", "has no name")]
)
def test_a_mix_that_says_nothing_clear_is_wrong_usage(
    safelight: Safelight, portrait: Path, mix: str, words: str
) -> None:
    run = safelight("stylize", portrait, "--mix", mix)
    assert run.code == 2
    assert words in run.err


@pytest.mark.weights
def test_size_and_quality_reach_the_steps_that_have_them(
    safelight: Safelight, portrait: Path, people_dir: Path, shared_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", f"{people_dir}:{shared_models}")
    run = safelight(
        "enhance", portrait, "--preset", "face", "--scale", "2", "--quality", "fast", "--dry-run", "--json",
        "--set", "restore_faces.restorer=detail",
    )  # fmt: skip
    assert run.code == 0, run.err
    assert run.rows[0]["width"] == 440
    assert safelight("enhance", portrait, "--preset", "cartoon", "--scale", "2").code == 2


def test_an_unknown_style_is_refused_with_those_there_are(safelight: Safelight, portrait: Path) -> None:
    run = safelight("cartoonize", portrait, "--style", "cubist")
    assert run.code == 2
    assert all(name in run.err for name in ("soft", "ink", "poster"))
    run = safelight("stylize", portrait, "--style", "cubist")
    assert run.code == 2
    assert all(name in run.err for name in ("clay", "anime", "realistic", "cartoon", "oil_painting"))


@pytest.mark.parametrize("arguments", [("--resolution", "99"), ("--resolution", "x"), ("--strength", "0")])
def test_values_out_of_range_are_wrong_usage(safelight: Safelight, portrait: Path, arguments: tuple[str, str]) -> None:
    assert safelight("cartoonize", portrait, *arguments).code == 2


def test_a_style_that_needs_no_weights(safelight: Safelight, portrait: Path) -> None:
    run = safelight("stylize", portrait, "--style", "realistic", "--strength", "0.6", "--json")
    assert run.code == 0, run.err
    assert re.fullmatch(r"ada_realistic_\d{14}_s060\.png", Path(run.rows[0]["output"]).name)


@pytest.mark.weights
def test_faces_are_restored_and_told(
    safelight: Safelight, portrait: Path, people_dir: Path, shared_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", f"{people_dir}:{shared_models}")
    run = safelight("restore", portrait, "--restorer", "detail", "--scale", "1", "--quality", "fast", "--json")
    assert run.code == 0, run.err
    [row] = run.rows
    assert Path(row["output"]).name == "ada_restore_x1_s050.png"
    last = row["execution"][-1]
    assert last["restorer"] == "detail"
    [face] = last["faces"]
    assert face["restored"]
    assert face["similarity"] > 0.8


def test_a_restorer_that_is_not_here_is_named_with_where_it_is(safelight: Safelight, portrait: Path) -> None:
    run = safelight("restore", portrait, "--restorer", "gfpgan-v1.4", "--scale", "1")
    assert run.code == 1
    for part in ("GFPGANv1.4.pth", "e2cd4703ab14", "https://github.com/", "restorer=detail"):
        assert part in run.err


def test_which_faces_is_read_strictly(safelight: Safelight, portrait: Path) -> None:
    assert safelight("restore", portrait, "--faces", "first").code == 2


def test_a_recipe_of_one_s_own_runs(safelight: Safelight, portrait: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "air.toml"
    recipe.write_text('[[steps]]\noperation = "dehaze"\n[[steps]]\noperation = "cartoonize"\nresolution = 512\n')
    run = safelight("run", portrait, "--recipe", recipe, "--json")
    assert run.code == 0, run.err
    assert re.fullmatch(r"ada_\w+_\d{14}_r512_s\d{3}\.png", Path(run.rows[0]["output"]).name)
    assert [one["operation"] for one in run.rows[0]["execution"]] == ["dehaze", "cartoonize"]


def test_run_wants_one_recipe(safelight: Safelight, portrait: Path) -> None:
    assert safelight("run", portrait).code == 2
    assert safelight("run", portrait, "--preset", "dehaze", "--recipe", "a.toml").code == 2


def test_a_sheet_of_all_strengths(safelight: Safelight, portrait: Path, tmp_path: Path) -> None:
    run = safelight("sheet", portrait, "--of", "dehaze", "--vary", "strength")
    assert run.code == 0, run.err
    assert run.out.split() == ["ada_dehaze_by_strength.jpg", "ada_dehaze_by_strength.html"]
    picture = pyvips.Image.new_from_file(tmp_path / "ada_dehaze_by_strength.jpg")
    assert picture.width > 1500
    page = (tmp_path / "ada_dehaze_by_strength.html").read_text()
    assert page.count("<figure>") == 6
    again = safelight("sheet", portrait, "--of", "dehaze", "--vary", "strength", "--values", "0.3")
    assert again.out.split() == ["ada_dehaze_by_strength-2.jpg", "ada_dehaze_by_strength-2.html"]


def test_a_sheet_leaves_out_what_cannot_be_had_and_says_so(safelight: Safelight, portrait: Path) -> None:
    run = safelight(
        "sheet", portrait, "--vary", "style", "--set", "cartoonize.resolution=512", "--values", "soft,hayao"
    )
    assert run.code == 0, run.err
    page = Path("ada_cartoonize_by_style.html").read_text()
    assert "cartoongan-hayao" in page
    assert page.count("<img") == 2


def test_a_sheet_on_which_no_variant_came_out_fails(safelight: Safelight, portrait: Path) -> None:
    named = safelight("sheet", portrait, "--vary", "style", "--values", "hayao")
    assert (named.code, len(named.out.split())) == (1, 2)
    assert "no variant came out" in named.err
    assert safelight("sheet", portrait, "--vary", "model", "--values", "realesrgan-x4plus").code == 1


def test_picture_and_page_of_a_sheet_have_one_number(safelight: Safelight, portrait: Path, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("precious")
    run = safelight("sheet", portrait, "--of", "dehaze", "--vary", "strength", "--values", "0.3", "-o", "a.jpg")
    assert run.out.split() == ["a-2.jpg", "a-2.html"]
    assert (tmp_path / "a.html").read_text() == "precious"


def test_a_sheet_of_restorers_is_one_of_faces(safelight: Safelight, portrait: Path) -> None:
    run = safelight("sheet", portrait, "--vary", "restorer", "--values", "nobody")
    assert "nobody" in run.err + Path("ada_restore_faces_by_restorer.html").read_text()
    assert safelight("sheet", portrait, "--of", "stylize", "--vary", "mix", "--values", "harvest=1").code == 2


@pytest.mark.parametrize("stem", ["x" * 240, "bad\udcff"])
def test_odd_names_of_photos_make_sheets_too(safelight: Safelight, portrait: Path, tmp_path: Path, stem: str) -> None:
    try:
        odd = portrait.rename(tmp_path / f"{stem}.jpg")
    except OSError:
        pytest.skip("the disk takes no such name")
    run = safelight("sheet", odd, "--of", "dehaze", "--vary", "strength", "--values", "0.3")
    assert run.code == 0, run.err
    assert all(Path(name).exists() for name in run.out.split())


def test_names_that_no_file_can_have_are_refused_before_work(
    safelight: Safelight, portrait: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safelight.folders.vary.Vary.sheet", None)
    run = safelight("sheet", portrait, "--of", "dehaze", "--vary", "strength", "-o", f"{'x' * 250}.jpg")
    assert run.code == 1
    assert "cannot be written" in run.err


def test_a_sheet_of_nothing_known_is_wrong_usage(safelight: Safelight, portrait: Path) -> None:
    assert safelight("sheet", portrait, "--vary", "colour").code == 2
    assert safelight("sheet", portrait, "--vary", "style", "--values", " , ").code == 2
    assert safelight("sheet", portrait, "--vary", "style", "-o", "a.doc").code == 2
    assert safelight("sheet", "nobody.jpg", "--vary", "style").code == 1


def test_operations_are_described_for_people_and_programs(safelight: Safelight) -> None:
    found = {one["id"]: one for one in json.loads(safelight("operations", "--json").out)}
    assert {"restore_faces", "cartoonize", "stylize"} <= found.keys()
