"""Face restorers: spandrel's own networks through our loader, on random weights of the right shapes.

That says nothing about faces: no weights of a restorer can be fetched where these tests run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from spandrel import ModelLoader
from torch import nn

from safelight.errors import ModelError
from safelight.models.loaders.device import Device
from safelight.models.loaders.restorer import load_restorer
from safelight.models.spec import ModelSpec, ModelTask, ResolvedModel, Variant, WeightFile
from safelight.models.upscaler import Precision

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

CPU = Device(name="cpu", precision=Precision.BFLOAT16, memory=4 << 30, batch=1)


def resolved(path: Path, architecture: str = "gfpgan") -> ResolvedModel:
    file = WeightFile(name=path.name, sha256=None, bytes=None)
    variant = Variant(format="safetensors", files=(file,))
    spec: ModelSpec[object] = ModelSpec(
        id="r", title="r", task=ModelTask.RESTORE_FACES, architecture=architecture, licence="MIT", variants=(variant,)
    )
    return ResolvedModel(spec=spec, variant=variant, paths=(path,), sha256="")


def random(build: Callable[[], nn.Module]) -> nn.Module:
    """A network with the random weights that it starts its training with, always the same."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        return build().eval()


def gfpgan() -> nn.Module:
    from spandrel.architectures.GFPGAN import GFPGAN

    return random(
        lambda: GFPGAN(
            out_size=512, num_style_feat=512, channel_multiplier=2, decoder_load_path=None, fix_decoder=False,
            num_mlp=8, input_is_latent=True, different_w=True, narrow=1, sft_half=True,
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    return np.random.default_rng(3).random((2, 512, 512, 3), np.float32)


def test_gfpgan_gives_the_face_that_spandrel_s_own_network_gives(tmp_path: Path, faces: np.ndarray) -> None:
    network = gfpgan()
    path = tmp_path / "face.safetensors"
    save_file(network.state_dict(), path)
    restorer = load_restorer(resolved(path), CPU)
    restored = restorer.restore(faces)
    with torch.inference_mode():
        source = torch.from_numpy(faces).permute(0, 3, 1, 2).contiguous() * 2 - 1
        expected = (network(source, return_rgb=False, randomize_noise=False)[0] + 1) / 2
    assert restored.shape == (2, 512, 512, 3)
    assert float(restored.std()) > 0.1
    assert np.abs(restored - expected.permute(0, 2, 3, 1).numpy()).max() < 1e-4
    again = restorer.restore(faces[:1])
    assert np.abs(again - restored[:1]).max() < 1e-4
    assert restorer.weight_bytes > 300_000_000
    assert restorer.most == 4


def test_codeformer_gives_the_face_that_spandrel_s_own_network_gives(tmp_path: Path, faces: np.ndarray) -> None:
    from spandrel_extra_arches.architectures.CodeFormer import CodeFormer

    network = random(CodeFormer)
    path = tmp_path / "face.safetensors"
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)
    restored = load_restorer(resolved(path, "codeformer"), CPU).restore(faces[:1])
    with torch.inference_mode():
        expected = (network(torch.from_numpy(faces[:1]).permute(0, 3, 1, 2) * 2 - 1)[0] + 1) / 2
    assert float(restored.std()) > 0.01
    assert np.abs(restored - expected.permute(0, 2, 3, 1).numpy()).max() < 1e-4


def test_more_faces_at_once_where_there_is_more_memory(tmp_path: Path) -> None:
    path = tmp_path / "face.safetensors"
    save_file(gfpgan().state_dict(), path)
    model = resolved(path)
    counts = [load_restorer(model, dataclasses.replace(CPU, memory=size << 30)).most for size in (0, 1, 40)]
    assert counts[0] == 1
    assert counts[0] <= counts[1] < counts[2]


def test_an_upscaler_is_no_restorer(tmp_path: Path) -> None:
    from spandrel.architectures.Compact import Compact

    path = tmp_path / "up.safetensors"
    save_file(Compact(num_conv=4).state_dict(), path)
    assert ModelLoader(device="cpu").load_from_file(path).scale == 4
    with pytest.raises(ModelError, match="not a network that restores aligned faces"):
        load_restorer(resolved(path), CPU)


def test_what_is_not_known_is_refused_with_what_codeformer_needs(tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    save_file({"weight": torch.zeros(2, 2)}, path)
    with pytest.raises(ModelError, match=r"safelight\[codeformer\]"):
        load_restorer(resolved(path, "codeformer"), CPU)
    with pytest.raises(ModelError, match="no architecture that is known here"):
        load_restorer(resolved(path), CPU)
