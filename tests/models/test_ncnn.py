"""Weights in ncnn's files: read as ncnn reads them, refused when damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from fakes import fake_spec
from safelight.errors import CorruptWeightsError
from safelight.models.loaders.device import Device
from safelight.models.loaders.ncnn import ncnn_state, read_layers
from safelight.models.loaders.state import build_network
from safelight.models.loaders.torch import load_upscaler
from safelight.models.spec import ResolvedModel, Variant
from safelight.models.upscaler import Precision


def detail(side: int = 64) -> NDArray[np.uint8]:
    return np.ascontiguousarray(data.chelsea()[80 : 80 + side, 120 : 120 + side])


def run_ncnn(param: Path, binary: Path, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    import ncnn

    net = ncnn.Net()
    net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    assert net.load_param(str(param)) == 0
    assert net.load_model(str(binary)) == 0
    values = np.ascontiguousarray(picture.transpose(2, 0, 1).astype(np.float32) / 255)
    extractor = net.create_extractor()
    extractor.input("data", ncnn.Mat(values))
    _, out = extractor.extract("output")
    return np.array(out).transpose(1, 2, 0)


def run_ours(param: Path, binary: Path, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    network = build_network(ncnn_state(param, binary))
    assert network is not None
    with torch.inference_mode():
        result = network.eval()(torch.from_numpy(picture)[None].permute(0, 3, 1, 2).float() / 255)
    return result[0].permute(1, 2, 0).numpy()


def psnr(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(-10 * np.log10(np.mean((one.clip(0, 1) - other.clip(0, 1)) ** 2)))


@pytest.mark.weights
def test_x4plus_agrees_with_ncnns_own_run(weights_dir: Path) -> None:
    files = weights_dir / "REALESRGAN_X4PLUS_UP4X.param", weights_dir / "REALESRGAN_X4PLUS_UP4X.bin"

    assert psnr(run_ours(*files, detail()), run_ncnn(*files, detail())) > 40


def test_general_x4v3_agrees_with_ncnns_own_run(shared_models: Path) -> None:
    files = shared_models / "RealESRGAN_General_x4_v3.param", shared_models / "RealESRGAN_General_x4_v3.bin"

    assert psnr(run_ours(*files, detail()), run_ncnn(*files, detail())) > 40


PARAM = """7767517
3 3
Input a 0 1 data
Convolution b 1 1 data x 0=2 1=1 4=0 5=1 6=6
PReLU c 1 1 x output 0=2
"""


def write(folder: Path, param: str = PARAM, binary: bytes | None = None) -> tuple[Path, Path]:
    weights = np.arange(6, dtype="<f4").tobytes()
    bias = np.array([7, 8], "<f4").tobytes()
    slopes = np.array([0.5, 0.25], "<f4").tobytes()
    (folder / "m.param").write_text(param)
    (folder / "m.bin").write_bytes(b"\0\0\0\0" + weights + bias + slopes if binary is None else binary)
    return folder / "m.param", folder / "m.bin"


def test_float32_weights_biases_and_slopes_are_read_in_order(tmp_path: Path) -> None:
    convolution, slopes = read_layers(*write(tmp_path))

    assert convolution.values[0].shape == (2, 3, 1, 1)
    np.testing.assert_array_equal(convolution.values[0].ravel(), np.arange(6))
    np.testing.assert_array_equal(convolution.values[1], [7, 8])
    np.testing.assert_array_equal(slopes.values[0], [0.5, 0.25])


def test_float16_weights_are_padded_to_four_bytes(tmp_path: Path) -> None:
    param = "7767517\n2 2\nInput a 0 1 data\nConvolution b 1 1 data output 0=1 1=1 5=1 6=3\n"
    tag = (0x01306B47).to_bytes(4, "little")
    binary = tag + np.array([1, 2, 3], "<f2").tobytes() + b"\0\0" + np.array([9], "<f4").tobytes()

    (layer,) = read_layers(*write(tmp_path, param, binary))

    np.testing.assert_array_equal(layer.values[0].ravel(), [1, 2, 3])
    np.testing.assert_array_equal(layer.values[1], [9])


@pytest.mark.parametrize(
    ("param", "binary", "message"),
    [
        ("nonsense", None, "not an ncnn"),
        (PARAM, b"\0\0\0\0" + b"\0" * 10, "ends too early"),
        (PARAM, b"\1\2\3\4" + b"\0" * 40, "unknown kind"),
        (PARAM, b"\0" * 200, "bytes more"),
        (PARAM.replace("PReLU", "Mystery"), None, "Mystery"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, param: str, binary: bytes | None, message: str) -> None:
    with pytest.raises(CorruptWeightsError, match=message):
        read_layers(*write(tmp_path, param, binary))


def test_layers_of_another_architecture_are_refused(tmp_path: Path) -> None:
    param = "7767517\n2 2\nInput a 0 1 data\nConvolution b 1 1 data output 0=1 1=1 5=1 6=3\n"
    binary = b"\0\0\0\0" + np.zeros(4, "<f4").tobytes()

    with pytest.raises(CorruptWeightsError, match="no architecture"):
        ncnn_state(*write(tmp_path, param, binary))


CONVOLUTION = "Convolution b 1 1 data x 0=2 1=1 4=0 5=1 6=6"


@pytest.mark.parametrize(
    "line",
    [
        "Convolution",
        "Convolution b x 1 data x",
        "Convolution b -1 -9 data x 0=2",
        "Convolution b 1 1 data x 0=2 1=1",
        "Convolution b 1 1 data x 0 1 6",
        CONVOLUTION.replace("0=2", "0=0"),
        CONVOLUTION.replace("0=2", "0=-2"),
        CONVOLUTION.replace("0=2", "0=5"),
        CONVOLUTION.replace("1=1 ", "1=-1 "),
        CONVOLUTION.replace("6=6", "6=-6"),
        CONVOLUTION.replace("6=6", "6=six"),
        CONVOLUTION.replace("6=6", "6=" + "9" * 5000),
    ],
)
def test_a_malformed_layer_is_refused_by_file_and_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(CorruptWeightsError, match=r"m\.param: line 4 "):
        read_layers(*write(tmp_path, PARAM.replace(CONVOLUTION, line)))


def test_more_weights_than_the_file_has_are_refused_before_they_are_allocated(tmp_path: Path) -> None:
    with pytest.raises(CorruptWeightsError, match="ends too early"):
        read_layers(*write(tmp_path, PARAM.replace("6=6", "6=99999999999")))


def test_ncnn_files_of_no_known_network_are_refused_by_name(tmp_path: Path) -> None:
    param = "7767517\n3 3\nInput a 0 1 data\nPReLU c 1 1 data x 0=2\nPReLU c 1 1 x output 0=2\n"
    paths = write(tmp_path, param, b"\0" * 16)
    spec = fake_spec()
    model = ResolvedModel(spec=spec, variant=Variant(format="ncnn", files=()), paths=paths, sha256="")

    with pytest.raises(CorruptWeightsError, match=r"m\.param"):
        load_upscaler(model, Device(name="cpu", precision=Precision.FLOAT32, memory=2**28, batch=1))
