"""Steps that ComfyUI servers do: what is sent, what becomes of what comes back, and who decides that they do it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import pyvips

from safelight.comfyui.painting import Painted, Watcher, Wish
from safelight.errors import PaintError, RecipeError, ServersAwayError
from safelight.imaging.formats import Output
from safelight.imaging.photo import Metadata, Photo
from safelight.models.catalog import Catalog
from safelight.models.weights import Weights
from safelight.operations.operation import Offers
from safelight.operations.styles.own import OWN
from safelight.recipes.plan import Plan, Planner
from safelight.recipes.recipe import read_recipe
from safelight.recipes.runner import Result, Runner, Watch
from safelight.recipes.speeds import Speeds
from safelight.settings import Settings
from safelight.wiring import Studio


@dataclass
class Servers:
    """Stand in for the pool: keep what was asked, and give back what is set, or what was sent."""

    asked: list[Wish] = field(default_factory=list)
    sent: list[pyvips.Image] = field(default_factory=list)
    gives: bytes | None = None

    def paint(self, wish: Wish, into: Path, watcher: Watcher, check_cancelled: Callable[[], None]) -> Painted:
        check_cancelled()
        watcher.progress(0.5)
        self.asked.append(wish)
        self.sent.append(pyvips.Image.new_from_file(str(wish.picture)).copy_memory())
        if self.gives is None:
            shutil.copyfile(wish.picture, into)
        else:
            into.write_bytes(self.gives)
        return Painted(server="http://one", tries=1, notes=("it has no place for steps",))


def planner(tmp_path: Path, *, servers: bool = True, workflow: str = "a" * 64) -> Planner:
    settings = Settings(data_dir=tmp_path, auto_pull=False)
    catalog = Catalog(settings)
    return Planner(catalog, Weights(settings, catalog), Offers(servers=servers, workflow=lambda _name: workflow))


def plan(tmp_path: Path, *steps: dict[str, object], servers: bool = True, workflow: str = "a" * 64) -> Plan:
    return planner(tmp_path, servers=servers, workflow=workflow).plan(read_recipe({"steps": list(steps)}), Output())


def run(tmp_path: Path, made: Plan, photo: Photo, servers: Servers | None, watch: Watch | None = None) -> Result:
    class NoModels:
        def use(self, _spec: object) -> None:
            raise AssertionError("no model is needed")

    runner = Runner(NoModels(), Speeds(tmp_path / "speeds.json"), "cpu", lambda: servers)  # type: ignore[arg-type]
    folder = tmp_path / "run"
    folder.mkdir(exist_ok=True)
    return runner.run(made, photo, workspace=folder, watch=watch or Watch())


def pixels(seed: int = 1, shape: tuple[int, ...] = (30, 40, 3), dtype: type[np.generic] = np.uint8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype=dtype)


def test_what_a_style_is_and_what_the_user_says_is_asked(tmp_path: Path) -> None:
    servers, shares = Servers(), list[float]()
    made = plan(tmp_path, {"operation": "stylize", "style": "anime", "strength": 0.7, "custom_prompt": " red hair "})
    result = run(tmp_path, made, Photo.from_pixels(pixels()), servers, Watch(progress=shares.append))
    [wish] = servers.asked
    assert (wish.workflow, wish.prompt, wish.strength) == (
        "style", "Anime Style, beautiful, detailed, red hair", 0.7
    )  # fmt: skip
    assert result.executions[0].server == "http://one"
    assert "stylize: it has no place for steps" in result.warnings
    assert shares == [0.5, 1.0]


@pytest.mark.parametrize("shape", [(30, 40, 3), (30, 40, 4), (30, 40, 1), (30, 40, 2)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pixels_survive_the_way_there_and_back(tmp_path: Path, shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    given = pixels(2, shape, dtype)
    if shape[2] in (2, 4):
        given[..., -1] = np.iinfo(dtype).max  # opaque: colours under what is not seen are painted over
    result = run(
        tmp_path, plan(tmp_path, {"operation": "comfyui", "workflow": "smoke"}), Photo.from_pixels(given), Servers()
    )
    found = result.photo.pixels()
    expected = given if shape[2] >= 3 else np.concatenate([given[..., :1]] * 3 + [given[..., 1:]], axis=2)
    assert found.dtype == given.dtype
    assert found.shape == expected.shape
    most = 0 if dtype is np.uint8 else 129  # it goes there in 8 bits
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= most


def test_transparency_fits_a_result_of_another_size(tmp_path: Path) -> None:
    given = pixels(3, (30, 40, 4))
    given[:, :20, 3], given[:, 20:, 3] = 0, 255
    larger = pyvips.Image.black(80, 60, bands=3).pngsave_buffer()
    result = run(tmp_path, plan(tmp_path, {"operation": "comfyui"}), Photo.from_pixels(given), Servers(gives=larger))
    alpha = result.photo.pixels()[..., 3]
    assert result.photo.pixels().shape == (60, 80, 4)
    assert (alpha[:, :36] == 0).all()
    assert (alpha[:, 44:] == 255).all()


def test_nothing_of_the_photo_but_its_colours_is_sent_and_its_metadata_comes_back(tmp_path: Path) -> None:
    servers = Servers()
    kept = Metadata(exif=b"II*\0 where it was taken", xmp=b"<x:xmpmeta>who took it</x:xmpmeta>", icc=b"a profile")
    photo = replace(Photo.from_pixels(pixels(4)), metadata=kept)
    result = run(tmp_path, plan(tmp_path, {"operation": "comfyui"}), photo, servers)
    hidden = [
        name for name in servers.sent[0].get_fields() if any(one in name for one in ("exif", "icc", "xmp", "iptc"))
    ]
    assert hidden == []
    assert result.photo.metadata == kept


def test_a_smaller_result_is_told(tmp_path: Path) -> None:
    small = pyvips.Image.black(8, 6, bands=3).pngsave_buffer()
    made = plan(tmp_path, {"operation": "stylize"})
    result = run(tmp_path, made, Photo.from_pixels(pixels()), Servers(gives=small))
    assert any("8 x 6 pixels" in one for one in result.warnings)


def test_strength_0_is_the_photo_and_asks_nobody(tmp_path: Path) -> None:
    servers, given = Servers(), pixels(5)
    made = plan(tmp_path, {"operation": "stylize", "strength": 0.0})
    assert (run(tmp_path, made, Photo.from_pixels(given), servers).photo.pixels() == given).all()
    assert servers.asked == []
    assert not made.recipe.elsewhere


@pytest.mark.parametrize("gives", [b"", b"no picture", b"\x89PNG\r\n\x1a\n cut short"])
def test_what_is_no_picture_is_an_error_that_names_the_server(tmp_path: Path, gives: bytes) -> None:
    with pytest.raises(PaintError, match="http://one gave no picture"):
        run(tmp_path, plan(tmp_path, {"operation": "comfyui"}), Photo.from_pixels(pixels()), Servers(gives=gives))


def test_without_servers_the_hint_says_what_to_set(tmp_path: Path) -> None:
    made = plan(tmp_path, {"operation": "comfyui"})
    with pytest.raises(ServersAwayError, match="SAFELIGHT_COMFYUI_URLS"):
        run(tmp_path, made, Photo.from_pixels(pixels()), None)


def test_auto_is_decided_by_what_there_is(tmp_path: Path) -> None:
    def backend(step: dict[str, object], *, servers: bool) -> object:
        return plan(tmp_path, {"operation": "stylize", **step}, servers=servers).recipe.steps[0].values["backend"]

    assert backend({"style": "clay"}, servers=True) == "comfyui"
    assert backend({"style": "clay"}, servers=False) == "local"
    assert backend({"style": "clay", "backend": "local"}, servers=True) == "local"
    with pytest.raises(RecipeError, match="SAFELIGHT_COMFYUI_URLS"):
        backend({"style": "clay", "backend": "comfyui"}, servers=False)


def test_what_no_prompt_says_is_never_painted_elsewhere() -> None:
    for values in ({"mix": {"candy-shapes": 1.0}}, {"style": "candy-shapes"}):
        with pytest.raises(RecipeError, match="have a prompt"):
            read_recipe({"steps": [{"operation": "stylize", "backend": "comfyui", **values}]})


def test_who_paints_and_by_which_workflow_is_part_of_the_signature(tmp_path: Path) -> None:
    there = plan(tmp_path, {"operation": "stylize"})
    assert there.signature == plan(tmp_path, {"operation": "stylize", "backend": "comfyui"}).signature
    assert there.signature != plan(tmp_path, {"operation": "stylize"}, servers=False).signature
    assert there.signature != plan(tmp_path, {"operation": "stylize"}, workflow="b" * 64).signature


def test_a_step_elsewhere_and_a_model_here_are_not_one_recipe(tmp_path: Path, shared_models: Path) -> None:
    settings = Settings(data_dir=tmp_path, models_dir=str(shared_models), auto_pull=False)
    catalog = Catalog(settings)
    both = read_recipe({"steps": [{"operation": "stylize"}, {"operation": "upscale", "quality_level": "fast"}]})
    made = Planner(catalog, Weights(settings, catalog), Offers(servers=True, workflow=lambda _name: "c" * 64))
    with pytest.raises(RecipeError, match="not in one recipe"):
        made.plan(both, Output())
    # What needs no model is done beside it.
    tuned = plan(tmp_path, {"operation": "stylize"}, {"operation": "tune", "contrast": 0.5})
    assert len(run(tmp_path, tuned, Photo.from_pixels(pixels()), Servers()).executions) == 2


def test_who_looks_at_a_page_is_served_first(tmp_path: Path) -> None:
    made, servers = plan(tmp_path, {"operation": "stylize"}), Servers()
    for urgent in (False, True):
        run(tmp_path, made, Photo.from_pixels(pixels()), servers, Watch(urgent=urgent))
    assert [one.urgent for one in servers.asked] == [False, True]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_large_result_is_kept_on_disk_and_is_the_same(tmp_path: Path, dtype: type[np.generic]) -> None:
    large = pixels(3, (2100, 2000, 3))
    gives = bytes(pyvips.Image.new_from_array(large).pngsave_buffer(compression=0))
    made = plan(tmp_path, {"operation": "comfyui"})
    result = run(tmp_path, made, Photo.from_pixels(pixels(dtype=dtype)), Servers(gives=gives))
    assert (tmp_path / "run" / "painted.tif").stat().st_size > large.size
    assert np.array_equal(result.photo.pixels(), large.astype(dtype) * (257 if dtype is np.uint16 else 1))
    cut = Servers(gives=gives[: len(gives) // 2])
    with pytest.raises(PaintError, match="no picture that can be read"):
        run(tmp_path, made, Photo.from_pixels(pixels()), cut)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A folder with the operator's own styles."""
    folder, before = tmp_path / "styles", OWN.folder
    folder.mkdir()
    OWN.folder = folder
    yield folder
    OWN.folder = before


def test_a_style_of_ones_own_is_a_file(tmp_path: Path, own: Path) -> None:
    with pytest.raises(RecipeError, match="there is no style 'noir'"):
        plan(tmp_path, {"operation": "stylize", "style": "noir"})
    (own / "noir.toml").write_text(
        'title = "Noir"\nprompt = "film noir, high contrast"\nnegative = "colour"\nworkflow = "mine"\n'
    )
    servers = Servers()
    made = plan(tmp_path, {"operation": "stylize", "style": "noir"})
    run(tmp_path, made, Photo.from_pixels(pixels()), servers)
    assert (servers.asked[0].workflow, servers.asked[0].prompt, servers.asked[0].negative) == (
        "mine", "film noir, high contrast", "colour"
    )  # fmt: skip
    with pytest.raises(RecipeError, match="ComfyUI servers only"):
        plan(tmp_path, {"operation": "stylize", "style": "noir"}, servers=False)
    with pytest.raises(RecipeError, match="choose comfyui"):
        plan(tmp_path, {"operation": "stylize", "style": "noir", "backend": "local"})


def test_a_style_that_was_changed_makes_another_picture(tmp_path: Path, own: Path) -> None:
    step = {"operation": "stylize", "style": "noir", "backend": "local"}
    row = 'title = "Noir"\nsteps = [{{ filter = "tone", saturation = {} }}]\n'
    (own / "noir.toml").write_text(row.format(0.0))
    before = plan(tmp_path, step).signature
    (own / "noir.toml").write_text(row.format(0.25))
    assert plan(tmp_path, step).signature != before


def test_a_broken_style_takes_no_other_along(tmp_path: Path, own: Path) -> None:
    (own / "broken.toml").write_text("title = ")
    (own / "empty.toml").write_text('title = "Empty"\n')
    (own / "good.toml").write_text('title = "Good"\nprompt = "good"\n')
    assert plan(tmp_path, {"operation": "stylize", "style": "good"}).recipe.elsewhere
    for name in ("broken", "empty"):
        with pytest.raises(RecipeError, match="there is no style"):
            plan(tmp_path, {"operation": "stylize", "style": name})


def test_the_checkpoint_that_the_operator_chose_is_part_of_the_signature(tmp_path: Path) -> None:
    def signature(workflow: str, checkpoint: str) -> str:
        settings = Settings(
            data_dir=tmp_path, auto_pull=False, comfyui_checkpoint=checkpoint, comfyui_urls="http://127.0.0.1:9"
        )
        recipe = read_recipe({"steps": [{"operation": "comfyui", "workflow": workflow}]})
        return Studio(settings).planner.plan(recipe, Output()).signature

    assert signature("style", "one.safetensors") != signature("style", "other.safetensors")
    # A workflow without a checkpoint does not care.
    assert signature("smoke", "one.safetensors") == signature("smoke", "other.safetensors")
