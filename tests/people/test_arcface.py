"""Face recognition networks of the user's own: any ONNX file of the form of InsightFace's, here a small random one."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from safelight.errors import CorruptWeightsError, ModelError
from safelight.imaging.photo import Photo
from safelight.models.catalog import Catalog
from safelight.models.loaders.arcface import load_arcface
from safelight.models.spec import ModelSpec, ModelTask, Options, ResolvedModel
from safelight.operations.restore_faces import RestoreFacesParams, choose_models
from safelight.people.face import Face, box_around
from safelight.people.identity import SAME_PERSON, SAME_PERSON_DISTANCE, distance, embed, embed_all, similarity
from safelight.people.likeness import Calibration, Layout, Measure, calibration_of
from safelight.settings import Settings
from safelight.wiring import Studio

NAME = "insightface-w600k-r50"
EYES_NOSE_MOUTH = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


def recognizer(*, batch: int | str = "None", side: int = 112, numbers: int = 512, channels: int = 3) -> bytes:
    """One large convolution over the whole face, without bias: it sees every place and every channel."""
    weight = np.random.default_rng(4).normal(0, 0.01, (numbers, channels, side, side)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["input.1", "weight"], ["seen"]),
            helper.make_node("Flatten", ["seen"], ["683"], axis=1),
        ],
        "recognizer",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [batch, channels, side, side])],
        [helper.make_tensor_value_info("683", TensorProto.FLOAT, [batch, numbers])],
        [numpy_helper.from_array(weight, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)
    return model.SerializeToString()


def weights() -> np.ndarray:
    return numpy_helper.to_array(onnx.load_model_from_string(recognizer()).graph.initializer[0])


@pytest.fixture
def own(tmp_path: Path) -> Studio:
    """A models folder with the user's own file in it."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "w600k_r50.onnx").write_bytes(recognizer())
    return Studio(Settings(models_dir=str(folder), data_dir=tmp_path, auto_pull=False))


def resolved(path: Path, **options: str | float) -> ResolvedModel:
    spec = Catalog(Settings(data_dir=path.parent)).get(NAME)
    spec = ModelSpec(
        id=spec.id, title=spec.title, task=spec.task, architecture=spec.architecture, licence=spec.licence,
        variants=spec.variants, options=Options({**spec.options, **options}),
    )  # fmt: skip
    return ResolvedModel(spec=spec, variant=spec.variants[0], paths=(path,), sha256="")


def face_at(points: np.ndarray) -> Face:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:5, :2] = points
    return Face(
        box=box_around(points), score=1, presence=1, landmarks=landmarks, points=points.astype(np.float32),
        yaw=0, pitch=0, roll=0,
    )  # fmt: skip


def noise(width: int, height: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_face_goes_in_as_these_networks_were_trained(own: Studio) -> None:
    """Laid over the template of ArcFace, RGB, -1 to 1; what comes out is compared by its angle alone."""
    pixels = noise(112, 112)
    found = embed(Photo.from_pixels(pixels), face_at(EYES_NOSE_MOUTH), own.pool, own.catalog.get(NAME))
    wanted = np.einsum("chw,nchw->n", pixels.transpose(2, 0, 1) / 127.5 - 1, weights())
    assert found.shape == (512,)
    np.testing.assert_allclose(found / np.linalg.norm(found), wanted / np.linalg.norm(wanted), atol=1e-4)


def test_a_turned_and_larger_face_is_laid_over_the_template_first(own: Studio) -> None:
    spec = own.catalog.get(NAME)
    small = np.kron(noise(14, 14, 7), np.ones((8, 8, 1), np.uint8))
    upright = embed(Photo.from_pixels(small), face_at(EYES_NOSE_MOUTH), own.pool, spec)
    large = np.rot90(np.kron(small, np.ones((3, 3, 1), np.uint8)), axes=(1, 0))
    # A point (x, y) of a square of 112 is at (112 - y, x) after a turn to the right.
    turned = np.column_stack([112 - EYES_NOSE_MOUTH[:, 1], EYES_NOSE_MOUTH[:, 0]]) * 3
    again = embed(Photo.from_pixels(np.ascontiguousarray(large)), face_at(turned), own.pool, spec)
    assert similarity(upright, again) > 0.97
    astray = embed(Photo.from_pixels(np.ascontiguousarray(large)), face_at(EYES_NOSE_MOUTH * 3), own.pool, spec)
    assert similarity(upright, astray) < 0.5


def test_channels_and_range_are_the_catalogs_to_say(tmp_path: Path) -> None:
    path = tmp_path / "w600k_r50.onnx"
    path.write_bytes(recognizer())
    faces = noise(112, 112)[None]
    usual = load_arcface(resolved(path)).embed(faces)
    np.testing.assert_allclose(load_arcface(resolved(path, channels="bgr")).embed(faces[..., ::-1]), usual, atol=1e-4)
    from_zero = load_arcface(resolved(path, lowest=0.0)).embed(faces)
    np.testing.assert_allclose(from_zero * 2 - weights().sum(axis=(1, 2, 3)), usual, atol=1e-2)


def test_a_network_that_takes_one_face_at_a_time_gets_them_so(tmp_path: Path) -> None:
    faces = np.stack([noise(112, 112, seed) for seed in range(3)])
    (tmp_path / "many.onnx").write_bytes(recognizer())
    (tmp_path / "one.onnx").write_bytes(recognizer(batch=1))
    many, one = (load_arcface(resolved(tmp_path / name)) for name in ("many.onnx", "one.onnx"))
    np.testing.assert_allclose(one.embed(faces), many.embed(faces), atol=1e-4)
    assert one.embed(faces[:0]).shape == many.embed(faces[:0]).shape == (0, 512)


def test_every_network_comes_to_one_scale_by_the_threshold_of_its_makers() -> None:
    arcface = Calibration(layout=Layout.ARCFACE, measure=Measure.COSINE, threshold=0.28)
    at_threshold = np.array([[3, 0], [7 * 0.28, 7 * np.sqrt(1 - 0.28**2)]], np.float32)
    one, other = arcface.scaled(at_threshold)
    assert distance(one, other) == pytest.approx(SAME_PERSON_DISTANCE, abs=1e-5)
    assert similarity(one, other) == pytest.approx(SAME_PERSON, abs=1e-5)
    assert similarity(one, arcface.scaled(np.array([[50, 0]], np.float32))[0]) == pytest.approx(1)
    assert np.isfinite(arcface.scaled(np.zeros((1, 2), np.float32))).all()
    stricter = Calibration(layout=Layout.DLIB, measure=Measure.EUCLIDEAN, threshold=0.3)
    one, other = stricter.scaled(np.array([[0, 0], [0.3, 0]], np.float32))
    assert similarity(one, other) == pytest.approx(SAME_PERSON, abs=1e-5)


def test_the_catalog_holds_the_calibration_of_both(own: Studio) -> None:
    dlib, arcface = (calibration_of(own.catalog.get(name)) for name in ("dlib-face-recognition", NAME))
    assert dlib == Calibration(layout=Layout.DLIB, measure=Measure.EUCLIDEAN, threshold=0.6)
    assert arcface.layout is Layout.ARCFACE
    assert arcface.measure is Measure.COSINE
    assert not own.catalog.get(NAME).verified


@pytest.mark.parametrize("options", [{}, {"layout": "arcface", "distance": "cosine", "threshold": 1.0}])
def test_a_catalog_without_a_calibration_is_refused_by_the_name_of_the_model(
    own: Studio, options: dict[str, str | float]
) -> None:
    spec = ModelSpec(
        id="mine", title="Mine", task=ModelTask.IDENTITY, architecture="arcface", licence="MIT", variants=(),
        options=Options(options),
    )  # fmt: skip
    with pytest.raises(ModelError, match="mine"):
        embed_all(Photo.from_pixels(noise(8, 8)), [], own.pool, spec)


@pytest.mark.parametrize(
    "content",
    [b"", b"no network" * 99, recognizer(channels=1), recognizer(side=112)[:-5000], recognizer(numbers=4)[:200]],
)
def test_what_is_no_recognition_network_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w600k_r50.onnx"
    path.write_bytes(content)
    with pytest.raises(CorruptWeightsError, match="w600k_r50"):
        load_arcface(resolved(path))


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError) as refused:
        load_arcface(resolved(tmp_path / "w600k_r50.onnx"))
    assert "safelight[insightface]" in str(refused.value)


def test_the_operators_catalog_puts_it_first_for_restored_faces(own: Studio, tmp_path: Path) -> None:
    identity = choose_models(RestoreFacesParams(), own.catalog)[-1]
    assert [spec.id for spec in identity.candidates] == ["dlib-face-recognition"]
    (tmp_path / "models" / "catalog.toml").write_text(f'[sets]\nidentity = ["{NAME}", "dlib-face-recognition"]\n')
    identity = choose_models(RestoreFacesParams(), own.catalog)[-1]
    assert [spec.id for spec in identity.candidates] == [NAME, "dlib-face-recognition"]
