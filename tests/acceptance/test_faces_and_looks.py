"""``restore``, ``cartoonize``, ``stylize``, ``run`` and ``sheet`` as a user types them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

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
    forced = safelight("cartoonize", portrait, "--resolution", "512", "--force", "--json").rows[0]
    assert forced["output"] == first["output"]
    again = safelight("cartoonize", portrait, "--resolution", "512", "--json").rows[0]
    assert (again["status"], again["output"]) == ("skipped", first["output"])


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


def test_a_sheet_of_nothing_known_is_wrong_usage(safelight: Safelight, portrait: Path) -> None:
    assert safelight("sheet", portrait, "--vary", "colour").code == 2
    assert safelight("sheet", portrait, "--vary", "style", "--values", " , ").code == 2
    assert safelight("sheet", portrait, "--vary", "style", "-o", "a.doc").code == 2
    assert safelight("sheet", "nobody.jpg", "--vary", "style").code == 1


def test_operations_are_described_for_people_and_programs(safelight: Safelight) -> None:
    found = {one["id"]: one for one in json.loads(safelight("operations", "--json").out)}
    assert {"restore_faces", "cartoonize", "stylize"} <= found.keys()
