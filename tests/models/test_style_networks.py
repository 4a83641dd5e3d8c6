"""The networks of styles: their weights read from ONNX, their pictures against those of another runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from skimage import data

from safelight.errors import CorruptWeightsError
from safelight.models.loaders.onnx import onnx_convolutions, onnx_state
from safelight.models.loaders.styles import build_arbitrary, build_multistyle
from safelight.models.networks.painting import Norms

Values = NDArray[np.float32]


def picture(side: int) -> Values:
    """(1, 3, side, side), 0-1."""
    pixels = data.astronaut()[:side, 100 : 100 + side].astype(np.float32) / 255
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Kernels for 8 bits overflow on processors without VNNI. Left alone, the graph computes in floats what it says.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def model_file(path: Path, nodes: list[onnx.NodeProto], weights: dict[str, NDArray[np.generic]]) -> Path:
    stored = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    shape = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 4, 4])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    onnx.save(helper.make_model(helper.make_graph(nodes, "g", [shape], [result], stored)), str(path))
    return path


def test_quantised_weights_are_brought_back_along_their_axis(tmp_path: Path) -> None:
    weights: dict[str, NDArray[np.generic]] = {
        "w": np.array([[[[10]]], [[[-4]]]], np.int8), "s": np.array([0.5, 2.0], np.float32),
        "z": np.array([2, 0], np.int8),
    }  # fmt: skip
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "s", "z"], ["real"], axis=0),
        helper.make_node("Conv", ["x", "real"], ["y"], name="only"),
    ]
    [conv] = onnx_convolutions(model_file(tmp_path / "m.onnx", nodes, weights))
    assert (conv.name, conv.bias) == ("only", None)
    np.testing.assert_array_equal(conv.weight.flatten().numpy(), [4.0, -8.0])


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x07\x12\x04abc"])
def test_a_file_that_is_no_model_is_corrupt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(CorruptWeightsError):
        build_multistyle(path)


def test_a_convolution_without_weights_of_its_own_is_corrupt(tmp_path: Path) -> None:
    path = model_file(tmp_path / "m.onnx", [helper.make_node("Conv", ["x", "nowhere"], ["y"])], {})
    with pytest.raises(CorruptWeightsError):
        onnx_convolutions(path)


def test_weights_of_another_network_are_corrupt(tmp_path: Path) -> None:
    weights: dict[str, NDArray[np.generic]] = {"contract.0.norm.gamma": np.ones((26, 32), np.float32)}
    path = model_file(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], weights)
    assert list(onnx_state(path)) == ["contract.0.norm.gamma"]
    with pytest.raises(CorruptWeightsError, match="do not fit"):
        build_multistyle(path)
    with pytest.raises(CorruptWeightsError):
        build_arbitrary(path, path)


@pytest.mark.weights
@pytest.mark.parametrize("mix", [{0: 1.0}, {19: 1.0}, {3: 0.25, 12: 0.75}])
def test_the_many_styles_are_those_of_another_runtime(styles_dir: Path, mix: dict[int, float]) -> None:
    path, x = styles_dir / "multistyle26.onnx", picture(192)
    weights = np.zeros(26, np.float32)
    for index, weight in mix.items():
        weights[index] = weight
    expected = session(path).run(None, {"image": x, "style_weights": weights})[0]
    with torch.inference_mode():
        result = build_multistyle(path).eval()(torch.from_numpy(x), Norms(), torch.from_numpy(weights)).numpy()
    assert np.abs(result - expected).max() < 1 / 255


@pytest.mark.weights
def test_a_style_is_read_off_a_picture_as_another_runtime_reads_it(styles_dir: Path) -> None:
    network = build_arbitrary(styles_dir / "arbitrary_predict.onnx", styles_dir / "arbitrary_transform.onnx").eval()
    style = picture(256)
    [name] = [one.name for one in session(styles_dir / "arbitrary_predict.onnx").get_inputs()]
    expected = session(styles_dir / "arbitrary_predict.onnx").run(None, {name: style.transpose(0, 2, 3, 1)})[0].ravel()
    with torch.inference_mode():
        numbers = network.told(torch.from_numpy(style)).numpy()
    # That runtime rounds activations to 8 bits, ours does not.
    assert np.corrcoef(numbers, expected)[0, 1] > 0.999
    assert np.abs(numbers - expected).mean() < 0.03


@pytest.mark.weights
def test_any_style_is_painted_as_another_runtime_paints_it_but_for_its_rounding(styles_dir: Path) -> None:
    network = build_arbitrary(styles_dir / "arbitrary_predict.onnx", styles_dir / "arbitrary_transform.onnx").eval()
    content = picture(384)
    style = torch.from_numpy(np.ascontiguousarray(data.coffee()[:256, :256].transpose(2, 0, 1)[None])).float() / 255
    runtime = session(styles_dir / "arbitrary_transform.onnx")
    names = [one.name for one in runtime.get_inputs()]
    with torch.inference_mode():
        told = network.told(style)
        result = network(torch.from_numpy(content), Norms(), told).numpy().transpose(0, 2, 3, 1)
    feed = {names[0]: content.transpose(0, 2, 3, 1), names[1]: told.numpy().reshape(1, 1, 1, 100)}
    difference = np.abs(result - runtime.run(None, feed)[0])
    assert difference.mean() < 8 / 255
    assert np.abs(result.mean(axis=(0, 1, 2)) - runtime.run(None, feed)[0].mean(axis=(0, 1, 2))).max() < 4 / 255
