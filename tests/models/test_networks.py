"""Our networks against spandrel's own, on the same random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from spandrel.architectures.Compact import CompactArch
from spandrel.architectures.ESRGAN import ESRGAN, ESRGANArch
from spandrel.architectures.SPAN import SPAN

from safelight.errors import CorruptWeightsError, ModelError
from safelight.models.loaders.device import Device
from safelight.models.loaders.state import build_network, build_with_spandrel, read_checkpoint
from safelight.models.loaders.torch import TorchUpscaler
from safelight.models.networks import rrdbnet
from safelight.models.networks.compact import SRVGGNetCompact
from safelight.models.networks.generic import GenericNetwork
from safelight.models.networks.rrdbnet import RRDBNet
from safelight.models.upscaler import Precision, Upscaler

CPU = Device(name="cpu", precision=Precision.FLOAT32, memory=2**28, batch=1)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def picture(height: int = 21, width: int = 30) -> torch.Tensor:
    return torch.rand(1, 3, height, width)


def grown(network: torch.nn.Module) -> torch.nn.Module:
    """Random weights large enough that every layer matters."""
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.06)
    return network.eval()


@pytest.mark.parametrize("unshuffle", [1, 2, 4])
def test_rrdbnet_gives_what_spandrels_network_gives(unshuffle: int) -> None:
    ours = grown(RRDBNet(features=8, blocks=2, growth=32, unshuffle=unshuffle))
    theirs = ESRGANArch().load(dict(ours.state_dict()))

    x = picture(24, 32)
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs.model.eval()(x), atol=1e-5, rtol=1e-4)


def test_compact_gives_what_spandrels_network_gives() -> None:
    ours = grown(SRVGGNetCompact(features=8, convs=4, scale=3))
    theirs = CompactArch().load(dict(ours.state_dict()))

    x = picture()
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs.model.eval()(x), atol=1e-5, rtol=1e-4)


def test_rrdbnet_in_strips_gives_the_same_numbers_as_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    network = grown(RRDBNet(features=8, blocks=1, growth=4))
    x = picture(40, 24)
    with torch.inference_mode():
        whole = network(x)
        monkeypatch.setattr(rrdbnet, "_STRIP_PIXELS", 9 * 24)
        strips = network(x)

    torch.testing.assert_close(strips, whole, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("unshuffle", [2, 4])
def test_sides_that_do_not_divide_are_padded_and_cut_off_again(unshuffle: int) -> None:
    network = grown(RRDBNet(features=8, blocks=1, growth=4, unshuffle=unshuffle))
    with torch.inference_mode():
        assert network(picture(21, 31)).shape == (1, 3, 21 * network.scale, 31 * network.scale)


def test_first_and_last_layers_stay_in_float32_when_the_body_is_cast() -> None:
    network = RRDBNet(features=8, blocks=1, growth=4)
    network.cast_body(torch.bfloat16)

    assert network.conv_first.weight.dtype == torch.float32
    assert network.conv_last.weight.dtype == torch.float32
    assert network.body[0].rdb1.conv1.weight.dtype == torch.bfloat16


def test_first_esrgans_names_are_read_as_our_own_network(tmp_path: Path) -> None:
    theirs = grown(ESRGAN(num_filters=8, num_blocks=2))
    torch.save(theirs.state_dict(), tmp_path / "old.pth")

    ours = build_with_spandrel(tmp_path / "old.pth")

    assert isinstance(ours, RRDBNet)
    x = picture()
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs(x), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_any_architecture_that_spandrel_knows_is_read(tmp_path: Path, suffix: str) -> None:
    theirs = SPAN(num_in_ch=3, num_out_ch=3, feature_channels=8, upscale=2).eval()
    path = tmp_path / f"span{suffix}"
    state = {key: value.contiguous() for key, value in theirs.state_dict().items()}
    save_file(state, path) if suffix == ".safetensors" else torch.save({"params": state}, path)

    network = build_with_spandrel(path)
    assert isinstance(network, GenericNetwork)
    upscaler: Upscaler = TorchUpscaler(network, CPU)
    tile = np.random.default_rng(0).integers(0, 256, (1, 16, 20, 3), dtype=np.uint8)

    result = upscaler.upscale(tile, precision=Precision.FLOAT32, tie=False)

    with torch.inference_mode():
        expected = theirs(torch.from_numpy(tile).permute(0, 3, 1, 2) / 255).permute(0, 2, 3, 1)
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_weights_under_params_ema_go_before_params(tmp_path: Path) -> None:
    good = SRVGGNetCompact(features=4, convs=1, scale=2).state_dict()
    torch.save({"params": {"x": torch.zeros(1)}, "params_ema": good}, tmp_path / "m.pth")

    assert isinstance(build_network(read_checkpoint(tmp_path / "m.pth")), SRVGGNetCompact)


class Mischief:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code in a checkpoint ran",)


def test_code_in_a_checkpoint_is_never_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"params": Mischief()}, tmp_path / "evil.pth")

    with pytest.raises(CorruptWeightsError, match=r"evil\.pth"):
        read_checkpoint(tmp_path / "evil.pth")
    with pytest.raises(ModelError):
        build_with_spandrel(tmp_path / "evil.pth")
    assert "ran" not in capsys.readouterr().out


def test_a_file_that_is_no_checkpoint_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "noise.pth"
    path.write_bytes(b"\0" * 100)

    with pytest.raises(CorruptWeightsError, match=r"noise\.pth"):
        read_checkpoint(path)


def test_weights_of_an_unknown_architecture_are_refused_by_name(tmp_path: Path) -> None:
    torch.save({"strange": torch.zeros(3)}, tmp_path / "strange.pth")

    assert build_network(read_checkpoint(tmp_path / "strange.pth")) is None
    with pytest.raises(ModelError, match=r"strange\.pth"):
        build_with_spandrel(tmp_path / "strange.pth")


# --- checkpoints as programs for training write them


def compact() -> dict[str, torch.Tensor]:
    return SRVGGNetCompact(features=4, convs=1, scale=2).state_dict()


@pytest.mark.parametrize(
    "key", ["params_ema", "params-ema", "params", "state_dict", "model_state_dict", "model", "net", "anything"]
)
def test_a_state_dict_is_found_under_every_usual_key(tmp_path: Path, key: str) -> None:
    torch.save({key: compact()}, tmp_path / "m.pth")

    assert isinstance(build_network(read_checkpoint(tmp_path / "m.pth")), SRVGGNetCompact)


def test_what_is_no_tensor_and_a_common_prefix_are_left_out(tmp_path: Path) -> None:
    state = {f"module.{name}": value for name, value in compact().items()}
    torch.save({"model": {**state, "step": 7}, "epoch": 3, 5: None}, tmp_path / "m.pth")
    torch.save({**compact(), "step": 7}, tmp_path / "flat.PTH")

    for name in ("m.pth", "flat.PTH"):
        assert isinstance(build_network(read_checkpoint(tmp_path / name)), SRVGGNetCompact)


def test_another_architecture_under_such_a_key_goes_to_spandrel(tmp_path: Path) -> None:
    theirs = SPAN(num_in_ch=3, num_out_ch=3, feature_channels=8, upscale=2).state_dict()
    torch.save({"net": {**theirs, "step": 7}, "optimizer": {"lr": 1.0}}, tmp_path / "span.pth")

    assert isinstance(build_with_spandrel(tmp_path / "span.pth"), GenericNetwork)


def test_a_checkpoint_that_holds_itself_comes_to_an_end(tmp_path: Path) -> None:
    endless: dict[str, object] = {}
    endless["model"] = endless
    torch.save(endless, tmp_path / "endless.pth")

    with pytest.raises(CorruptWeightsError, match=r"endless\.pth"):
        read_checkpoint(tmp_path / "endless.pth")


def test_a_few_bytes_that_claim_to_be_a_large_tensor_are_refused(tmp_path: Path) -> None:
    torch.save(compact() | {"body.0.weight": torch.zeros(1).expand(10**9, 3, 3, 3)}, tmp_path / "bomb.pth")

    with pytest.raises(CorruptWeightsError, match=r"bomb\.pth.*body\.0\.weight"):
        read_checkpoint(tmp_path / "bomb.pth")


def rrdb() -> dict[str, torch.Tensor]:
    return RRDBNet(features=4, blocks=1, growth=2).state_dict()


@pytest.mark.parametrize(
    "state",
    [
        {key: value for key, value in rrdb().items() if not key.startswith("conv_first")},
        {**rrdb(), "body.0.rdb1.conv1.weight": torch.zeros(0, 4, 3, 3)},
        {**rrdb(), "conv_first.weight": torch.zeros(4)},
        {**rrdb(), "conv_first.weight": torch.zeros(200_000, 3, 3, 3)},
        {**rrdb(), "body.999999999.rdb1.conv1.weight": torch.zeros(1)},
        {**compact(), "body.0.weight": torch.zeros(4)},
        {**compact(), "body.x.weight": torch.zeros(1, 1, 1, 1)},
        {**compact(), "body.4.weight": torch.zeros(0, 4, 3, 3)},
        {**compact(), "body.0.weight": torch.zeros(0, 3, 3, 3)},
        {**compact(), "body.0.weight": torch.zeros(4, 3, 3, 3, dtype=torch.int32)},
        {"body.0.weight": torch.zeros(4, 3), "body.1.weight": torch.zeros(4)},
    ],
)
def test_weights_that_only_have_the_names_of_a_network_are_corrupt(state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(CorruptWeightsError, match=r"odd\.pth"):
        build_network(state, "odd.pth")


def test_half_precision_weights_are_loaded_as_float32() -> None:
    network = build_network({name: value.half() for name, value in compact().items()})

    assert network is not None
    assert {value.dtype for value in network.state_dict().values()} == {torch.float32}


def test_a_network_without_outputs_is_none_of_ours() -> None:
    assert build_network({**rrdb(), "conv_last.weight": torch.zeros(0, 4, 3, 3)}) is None
