"""The networks of ``cartoonize``: against plain ones of their papers, in tiles, from every form of their weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from skimage import data
from torch import Tensor, nn
from torch.nn import functional as F

from safelight.errors import CorruptWeightsError, ModelError, OutOfMemoryError
from safelight.imaging.photo import Photo
from safelight.models.catalog import Catalog
from safelight.models.loaders.cartoons import CARTOONS
from safelight.models.loaders.device import Device
from safelight.models.loaders.painter import TorchPainter, load_painter
from safelight.models.networks import animegan2
from safelight.models.networks.animegan2 import AnimeGan2
from safelight.models.networks.cartoongan import CartoonGan
from safelight.models.networks.painting import Norms, Painting
from safelight.models.spec import ModelSpec, ResolvedModel, Variant
from safelight.models.upscaler import Precision
from safelight.operations.context import Context
from safelight.operations.network import painted_image
from safelight.settings import Settings

CPU = Device(name="cpu", precision=Precision.FLOAT32, memory=2**28, batch=1)
NETWORKS = pytest.mark.parametrize("build", list(CARTOONS.values()), ids=list(CARTOONS))


def random(build: type[Painting]) -> Painting:
    """Random weights under which every layer matters."""
    torch.manual_seed(1)
    network = build().eval().requires_grad_(requires_grad=False)
    for name, parameter in network.named_parameters():
        if parameter.ndim == 4:
            nn.init.kaiming_normal_(parameter)
        elif name.endswith(("scale", "2.weight", "3.weight")):
            nn.init.uniform_(parameter, 0.5, 1.5)
        else:
            nn.init.normal_(parameter, std=0.2)
    return network


def picture(height: int = 48, width: int = 64) -> Tensor:
    return torch.from_numpy(data.astronaut()[:height, 150 : 150 + width]).permute(2, 0, 1)[None].float() / 255


def ran(network: Painting, x: Tensor, given: Norms | None = None) -> tuple[Tensor, Norms]:
    norms = Norms(given.taken if given else None)
    with torch.inference_mode():
        return network(x, norms, None), norms


def plain_cartoongan(state: dict[str, Tensor], x: Tensor) -> Tensor:
    """CartoonGAN written down once more, in float64."""
    w = {name: value.double() for name, value in state.items()}

    def conv(name: str, y: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
        return F.conv2d(y, w[f"{name}.weight"], w[f"{name}.bias"], stride, padding)

    def up(name: str, y: Tensor) -> Tensor:
        return F.conv_transpose2d(y, w[f"{name}.weight"], w[f"{name}.bias"], 2, 1, 1)

    def norm(name: str, y: Tensor) -> Tensor:
        return F.instance_norm(y, weight=w[f"{name}.scale"], bias=w[f"{name}.shift"], eps=1e-9)

    def mirrored(y: Tensor, pixels: int) -> Tensor:
        return F.pad(y, (pixels,) * 4, mode="reflect")

    y = x.double()[:, [2, 1, 0]] * 2 - 1
    y = norm("in01_1", conv("conv01_1", mirrored(y, 3))).relu()
    y = norm("in02_1", conv("conv02_2", conv("conv02_1", y, 2, 1), 1, 1)).relu()
    y = norm("in03_1", conv("conv03_2", conv("conv03_1", y, 2, 1), 1, 1)).relu()
    for block in range(4, 12):
        z = norm(f"in{block:02}_1", conv(f"conv{block:02}_1", mirrored(y, 1))).relu()
        y = y + norm(f"in{block:02}_2", conv(f"conv{block:02}_2", mirrored(z, 1)))
    y = norm("in12_1", conv("deconv01_2", up("deconv01_1", y), 1, 1)).relu()
    y = norm("in13_1", conv("deconv02_2", up("deconv02_1", y), 1, 1)).relu()
    return (conv("deconv03_1", mirrored(y, 3)).tanh()[:, [2, 1, 0]] + 1) / 2


def plain_animegan2(state: dict[str, Tensor], x: Tensor) -> Tensor:
    """AnimeGANv2 written down once more, in float64."""
    w = {name: value.double() for name, value in state.items()}

    def norm(name: str, y: Tensor) -> Tensor:
        return F.group_norm(y, 1, w[f"{name}.weight"], w[f"{name}.bias"], 1e-5)

    def layer(name: str, y: Tensor, stride: int = 1, groups: int = 1) -> Tensor:
        side = w[f"{name}.1.weight"].shape[-1] // 2
        if side:
            y = F.pad(y, (0, 1, 0, 1) if stride == 2 else (side,) * 4, mode="reflect")
        y = F.conv2d(y, w[f"{name}.1.weight"], w.get(f"{name}.1.bias"), stride, 0, 1, groups)
        return F.leaky_relu(norm(f"{name}.2", y), 0.2)

    def inverted(name: str, y: Tensor) -> Tensor:
        z = layer(f"{name}.layers.0", y)
        z = layer(f"{name}.layers.1", z, groups=z.shape[1])
        z = norm(f"{name}.layers.3", F.conv2d(z, w[f"{name}.layers.2.weight"]))
        return y + z if y.shape == z.shape else z

    def doubled(y: Tensor) -> Tensor:
        return F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)

    y = layer("block_a.2", layer("block_a.1", layer("block_a.0", x.double() * 2 - 1), 2))
    y = layer("block_c.0", layer("block_b.1", layer("block_b.0", y, 2)))
    for block in range(1, 5):
        y = inverted(f"block_c.{block}", y)
    y = doubled(layer("block_c.5", y))
    y = doubled(layer("block_d.1", layer("block_d.0", y)))
    y = layer("block_e.2", layer("block_e.1", layer("block_e.0", y)))
    return (F.conv2d(y, w["out_layer.0.weight"]).tanh() + 1) / 2


@pytest.mark.parametrize(
    ("build", "plain"), [(CartoonGan, plain_cartoongan), (AnimeGan2, plain_animegan2)], ids=list(CARTOONS)
)
def test_a_network_gives_what_the_plain_one_gives(build: type[Painting], plain: type) -> None:
    network = random(build)
    x = picture()
    torch.testing.assert_close(ran(network, x)[0].double(), plain(network.state_dict(), x), atol=2e-4, rtol=1e-3)


def test_the_parameters_have_the_names_of_the_published_files(tmp_path: Path) -> None:
    layout = Catalog(Settings(data_dir=tmp_path)).get("cartoongan-hayao").variants[0]
    names = {Path(file.name).name.removesuffix(".npy") for file in layout.files}
    assert set(CartoonGan().state_dict()) == names
    state = AnimeGan2().state_dict()
    assert len(state) == 77
    assert state["block_c.1.layers.1.1.bias"].shape == (256,)
    assert {"block_a.0.1.weight", "block_c.4.layers.3.bias", "out_layer.0.weight"} <= set(state)


@NETWORKS
def test_statistics_that_were_taken_give_the_same_picture_again(build: type[Painting]) -> None:
    network = random(build)
    own, norms = ran(network, picture())
    torch.testing.assert_close(ran(network, picture(), norms)[0], own, atol=2e-5, rtol=1e-4)


@NETWORKS
def test_a_tile_with_context_is_its_part_of_the_whole(build: type[Painting]) -> None:
    network = random(build)
    x, ring = picture(200, 240), network.context
    whole, norms = ran(network, x)
    top, left, side = 88, 96, 40
    read = x[:, :, top - ring : top + side + ring, left - ring : left + side + ring]
    tile = ran(network, read, norms)[0][:, :, ring : ring + side, ring : ring + side]
    error = float(((tile - whole[:, :, top : top + side, left : left + side]) ** 2).mean())
    assert error < 1e-5


def test_doubling_in_strips_is_doubling_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random(AnimeGan2)
    whole = ran(network, picture())[0]
    monkeypatch.setattr(animegan2, "_STRIP", 5)
    torch.testing.assert_close(ran(network, picture())[0], whole, atol=1e-5, rtol=1e-4)


@NETWORKS
def test_a_body_in_bfloat16_paints_nearly_the_same(build: type[Painting]) -> None:
    network = random(build)
    exact = ran(network, picture())[0]
    network.cast_body(torch.bfloat16)
    half, norms = ran(network, picture())
    assert half.dtype == torch.float32
    assert all(value.dtype == torch.float32 for moments in norms.taken for value in moments)
    assert float((half - exact).abs().mean()) < 0.05


def pixels(height: int, width: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(data.astronaut()[100 : 100 + height, 100 : 100 + width])


def never(_most: int) -> NDArray[np.uint8]:
    raise AssertionError("a small photo in one tile needs no thumbnail")


@NETWORKS
@pytest.mark.parametrize("size", [(1, 1), (5, 3), (21, 30), (64, 50)])
def test_every_size_is_painted(build: type[Painting], size: tuple[int, int]) -> None:
    painter = TorchPainter(random(build), CPU).facing(size[1], size[0], never)
    result = painter.upscale(pixels(*size)[None], precision=Precision.FLOAT32, tie=False)
    assert result.shape == (1, *size, 3)
    assert np.isfinite(result).all()


def test_all_tiles_of_a_photo_share_one_look_at_its_thumbnail() -> None:
    calls = []

    def thumbnail(_most: int) -> NDArray[np.uint8]:
        calls.append(1)
        return pixels(64, 96)

    painter = TorchPainter(random(CartoonGan), CPU).facing(4000, 3000, thumbnail)
    tile = pixels(40, 40)[None]
    one = painter.upscale(tile, precision=Precision.FLOAT32, tie=False)
    pair = painter.upscale(np.concatenate([tile, tile[:, ::-1]]), precision=Precision.FLOAT32, tie=False)
    assert len(calls) == 1
    np.testing.assert_allclose(pair[:1], one, atol=1e-4)


def test_a_large_photo_in_one_tile_is_painted_by_its_thumbnail_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.models.networks.painting.Painting.studied", 32 * 32)
    painter = TorchPainter(random(CartoonGan), CPU).facing(40, 40, lambda _most: pixels(64, 96)[:30, :34])
    tile = pixels(40, 40)[None]
    by_thumbnail = painter.upscale(tile, precision=Precision.FLOAT32, tie=False)
    monkeypatch.setattr("safelight.models.networks.painting.Painting.studied", 64 * 64)
    by_itself = TorchPainter(random(CartoonGan), CPU).facing(40, 40, never)
    assert np.abs(by_thumbnail - by_itself.upscale(tile, precision=Precision.FLOAT32, tie=False)).max() > 0.01


class Tight(CartoonGan):
    """Runs out of memory over more than so many pixels."""

    room = 40 * 40

    def forward(self, x: Tensor, norms: Norms, condition: Tensor | None) -> Tensor:
        if x.shape[2] * x.shape[3] > self.room:
            raise torch.OutOfMemoryError("no memory left, on purpose")
        return super().forward(x, norms, condition)


def test_where_memory_runs_out_over_the_thumbnail_a_smaller_one_is_studied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.models.networks.painting.Painting.studied", 64 * 64)
    monkeypatch.setattr("safelight.models.loaders.painter._LEAST_STUDIED", 8 * 8)
    asked: list[int] = []

    def thumbnail(most: int) -> NDArray[np.uint8]:
        asked.append(most)
        side = math.isqrt(most)
        return pixels(side, side)

    tile = pixels(24, 24)[None]
    tight = TorchPainter(random(Tight), CPU).facing(100, 100, thumbnail)
    result = tight.upscale(tile, precision=Precision.FLOAT32, tie=False)
    assert asked == [64 * 64, 32 * 32]
    roomy = TorchPainter(random(CartoonGan), CPU).facing(100, 100, lambda _most: pixels(32, 32))
    np.testing.assert_array_equal(result, roomy.upscale(tile, precision=Precision.FLOAT32, tie=False))

    monkeypatch.setattr(Tight, "room", 10)
    with pytest.raises(OutOfMemoryError):
        TorchPainter(random(Tight), CPU).facing(100, 100, thumbnail).upscale(
            tile, precision=Precision.FLOAT32, tie=False
        )
    assert asked[-1] >= 8 * 8


def test_a_photo_whose_statistics_take_too_much_memory_is_still_painted_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safelight.models.loaders.painter._LEAST_STUDIED", 8 * 8)
    monkeypatch.setattr("safelight.models.networks.painting.Painting.studied", 256 * 256)
    monkeypatch.setattr(Tight, "room", 150 * 150)
    monkeypatch.setattr(Tight, "context", 8)
    painter = TorchPainter(random(Tight), CPU)

    class Models:
        @contextmanager
        def use(self, spec: ModelSpec[object]) -> Iterator[TorchPainter]:
            yield painter

    photo = Photo.from_pixels(data.astronaut())
    context = Context(models=Models(), chosen=(), workspace=tmp_path)
    spec = Catalog(Settings(data_dir=tmp_path)).get("cartoongan-hosoda")
    image = painted_image(photo, spec, context, operation="cartoonize")
    assert (image.width, image.height) == (512, 512)
    assert context.executions[0].halved > 0
    (said,) = context.warnings
    assert "memory ran out" in said


def resolved(folder: Path, architecture: str, variant: str, paths: tuple[Path, ...]) -> ResolvedModel:
    spec = Catalog(Settings(data_dir=folder)).get(
        "cartoongan-hosoda" if architecture == "cartoongan" else "animegan2-paprika"
    )
    return ResolvedModel(spec=spec, variant=Variant(format=variant, files=()), paths=paths, sha256="")


@NETWORKS
def test_weights_are_read_from_every_form_that_is_published(tmp_path: Path, build: type[Painting]) -> None:
    network = random(build)
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    architecture = next(name for name, one in CARTOONS.items() if one is build)
    save_file(state, tmp_path / "weights.safetensors")
    torch.save(state, tmp_path / "weights.pt")
    arrays = []
    for name, value in state.items():
        # Some published scales have sides of length 1.
        np.save(tmp_path / f"{name}.npy", value.numpy()[None, :, None, None] if ".scale" in name else value.numpy())
        arrays.append(tmp_path / f"{name}.npy")
    forms = {"safetensors": (tmp_path / "weights.safetensors",), "torch": (tmp_path / "weights.pt",), "npy": arrays}
    x = pixels(32, 32)[None]
    wanted = TorchPainter(network, CPU).facing(32, 32, never).upscale(x, precision=Precision.FLOAT32, tie=False)
    for form, paths in forms.items():
        painter = load_painter(resolved(tmp_path, architecture, form, tuple(paths)), CPU)
        result = painter.facing(32, 32, never).upscale(x, precision=Precision.FLOAT32, tie=False)
        np.testing.assert_array_equal(result, wanted)


def test_weights_of_another_network_are_refused_by_the_name_of_their_file(tmp_path: Path) -> None:
    state = {name: value.contiguous() for name, value in random(AnimeGan2).state_dict().items()}
    save_file(state, tmp_path / "wrong.safetensors")
    model = resolved(tmp_path, "cartoongan", "safetensors", (tmp_path / "wrong.safetensors",))
    with pytest.raises(CorruptWeightsError, match=r"wrong\.safetensors.*cartoongan"):
        load_painter(model, CPU)


def test_arrays_that_hold_code_or_nothing_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "conv01_1.weight.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(CorruptWeightsError, match="conv01_1"):
        load_painter(resolved(tmp_path, "cartoongan", "npy", (tmp_path / "conv01_1.weight.npy",)), CPU)
    (tmp_path / "empty.npy").write_bytes(b"")
    with pytest.raises(CorruptWeightsError, match="empty"):
        load_painter(resolved(tmp_path, "cartoongan", "npy", (tmp_path / "empty.npy",)), CPU)


def test_an_architecture_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    spec = replace(Catalog(Settings(data_dir=tmp_path)).get("animegan2-paprika"), architecture="nobody's")
    model = ResolvedModel(spec=spec, variant=spec.variants[0], paths=(), sha256="")
    with pytest.raises(ModelError, match="nobody's"):
        load_painter(model, CPU)
