"""``restore_faces``: which faces change, how much, where, and who they still are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvips
from skimage import data

from fakes import FakeUpscaler, fake_spec
from safelight.errors import LicenceError, MissingWeightsError, OutOfMemoryError, RecipeError, UnknownModelError
from safelight.imaging.arrays import Values
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.models.restorer import SIDE
from safelight.models.spec import ModelSpec, ModelTask
from safelight.models.upscaler import Precision
from safelight.operations.cartoonize import CARTOONIZE, CartoonizeParams
from safelight.operations.context import Context, FaceOutcome
from safelight.operations.facial.choose import MOST, Wanted, reasons
from safelight.operations.restore_faces import RESTORE_FACES, RestoreFacesParams
from safelight.people.align import FFHQ_512, aligning_matrix
from safelight.people.face import Face
from safelight.people.faces import find_faces
from safelight.people.warp import inverted, moved
from safelight.recipes.recipe import preset, read_recipe
from safelight.settings import Settings
from safelight.wiring import Studio

pytestmark = pytest.mark.weights


@dataclass
class FakeRestorer:
    """Changes aligned faces in a way that is known."""

    change: Callable[[Values], Values] = lambda faces: faces
    most: int = 8
    room: int = 100
    device: str = "cpu"
    precision: Precision = Precision.FLOAT32
    calls: list[int] = field(default_factory=list)

    def restore(self, faces: Values) -> Values:
        assert faces.shape[1:] == (SIDE, SIDE, 3)
        assert faces.dtype == np.float32
        if len(faces) > self.room:
            raise OutOfMemoryError("no memory for so many faces, on purpose")
        self.calls.append(len(faces))
        return self.change(faces)


@dataclass
class Bench:
    """A studio with real eyes and a restorer whose work is known."""

    studio: Studio
    folder: Path
    restorer: FakeRestorer = field(default_factory=FakeRestorer)
    upscaler: FakeUpscaler = field(default_factory=FakeUpscaler)

    @contextmanager
    def use(self, spec: ModelSpec[object]) -> Iterator[object]:
        if spec.task is ModelTask.RESTORE_FACES:
            yield self.restorer
        elif spec.task is ModelTask.UPSCALE:
            yield self.upscaler
        else:
            with self.studio.pool.use(spec) as model:
                yield model

    def run(self, photo: Photo, kind: str = "fake", /, **params: object) -> tuple[Photo, Context]:
        chosen = RestoreFacesParams.model_validate({"scale": 1, "strength": 1, **params})
        specs = [fake_spec("up")] if chosen.scale > 1 or kind == "detail" else []
        if kind == "fake":
            specs.append(
                ModelSpec(id="fake", title="fake", task=ModelTask.RESTORE_FACES, architecture="fake", licence="MIT",
                          variants=())
            )  # fmt: skip
        specs += [self.studio.catalog.get(name) for name in ("face-landmarker", "dlib-face-recognition")]
        context = Context(models=self, chosen=tuple(specs), workspace=self.folder)
        return RESTORE_FACES.run(photo, chosen, context), context

    def faces(self, photo: Photo) -> tuple[Face, ...]:
        return find_faces(photo, self, self.studio.catalog.get("face-landmarker"))


@pytest.fixture(scope="session")
def eyes(people_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(Settings(data_dir=tmp_path_factory.mktemp("eyes"), models_dir=str(people_dir), auto_pull=False))


@pytest.fixture
def bench(eyes: Studio, tmp_path: Path) -> Bench:
    return Bench(eyes, tmp_path)


@pytest.fixture(scope="session")
def two(shared_photos: Path) -> Photo:
    return open_photo(shared_photos / "people" / "two_people.jpg", max_pixels=10**8)


def outcomes(context: Context) -> tuple[FaceOutcome, ...]:
    return context.executions[-1].faces


def brighter_at(points: np.ndarray, by: float = 0.3, sigma: float = 8) -> Callable[[Values], Values]:
    """A restorer that puts a small light on places of the template."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    light = sum(np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * sigma**2)) for px, py in points)
    return lambda faces: (faces + by * light[..., None]).astype(np.float32)


def test_a_restorer_that_changes_nothing_gives_the_photo_back(bench: Bench, two: Photo) -> None:
    result, context = bench.run(two)
    assert np.array_equal(result.pixels(), two.pixels())
    assert [one.restored for one in outcomes(context)] == [True, True]
    assert all(one.similarity == pytest.approx(1, abs=1e-3) for one in outcomes(context))
    assert bench.restorer.calls == [2]


def test_what_the_restorer_does_at_the_nose_arrives_at_the_nose(bench: Bench, two: Photo) -> None:
    bench.restorer.change = brighter_at(FFHQ_512[2:3])
    result, _ = bench.run(two)
    change = (result.pixels().astype(float) - two.pixels().astype(float)).mean(axis=2)
    for face in bench.faces(two):
        left, top, width, height = (round(one) for one in face.box)
        part = np.clip(change[top : top + height, left : left + width], 20, None) - 20
        y, x = np.mgrid[top : top + height, left : left + width] + 0.5
        centre = np.array([(part * x).sum(), (part * y).sum()]) / part.sum()
        [nose] = moved(inverted(aligning_matrix(face.points)), FFHQ_512[2:3])
        assert np.linalg.norm(centre - nose) < 0.5
        # The template's nose and a face's own nose, as the head is turned, differ by some hundredths of the face.
        assert np.linalg.norm(nose - face.points[2]) < 0.15 * width


def test_strength_blends(bench: Bench, two: Photo) -> None:
    bench.restorer.change = brighter_at(FFHQ_512, sigma=12)
    before = two.pixels().astype(float)
    full, half, none = (bench.run(two, strength=one)[0].pixels().astype(float) for one in (1, 0.5, 0))
    assert np.array_equal(none, before)
    assert np.abs(full - before).max() > 40
    inside = (full > 5) & (full < 250)
    assert np.abs((half - before) - (full - before) / 2)[inside].max() <= 1


def test_strength_0_only_enlarges(bench: Bench, two: Photo) -> None:
    bench.restorer.change = brighter_at(FFHQ_512)
    result, context = bench.run(two, strength=0, scale=2)
    assert (result.width, result.height) == (two.width * 2, two.height * 2)
    assert bench.restorer.calls == []
    assert [one.operation for one in context.executions] == ["upscale"]


def test_the_change_lands_in_the_enlarged_photo(bench: Bench, two: Photo) -> None:
    plain = bench.run(two, strength=0, scale=2)[0].pixels().astype(float)
    bench.restorer.change = brighter_at(FFHQ_512[:2])
    result, context = bench.run(two, scale=2)
    change = np.abs(result.pixels().astype(float) - plain).mean(axis=2)
    for one, face in zip(outcomes(context), bench.faces(two), strict=True):
        left, _, width, _ = one.box
        assert abs(left - 2 * face.box[0]) < 2
        assert abs(width - 2 * face.box[2]) < 2
        for eye in moved(inverted(aligning_matrix(face.points)), FFHQ_512[:2]) * 2:
            assert change[round(eye[1]) - 2 : round(eye[1]) + 3, round(eye[0]) - 2 : round(eye[0]) + 3].mean() > 25
    assert change[:, :50].max() == 0


def test_a_face_keeps_its_colours_and_its_light(bench: Bench, two: Photo) -> None:
    bench.restorer.change = lambda faces: np.clip(faces * [0.5, 0.7, 1.2] + [0.2, 0.1, 0.0], 0, 1).astype(np.float32)
    result, _ = bench.run(two)
    for face in bench.faces(two):
        left, top, width, height = (round(one) for one in face.box)
        part = np.s_[top : top + height, left : left + width]
        means = [photo.pixels()[part].reshape(-1, 3).mean(axis=0) for photo in (two, result)]
        assert np.abs(means[0] - means[1]).max() < 3


def test_what_is_put_back_has_no_edge(bench: Bench, two: Photo) -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, (SIDE, SIDE, 3)).astype(np.float32)
    bench.restorer.change = lambda faces: faces + noise
    result, _ = bench.run(two)
    change = np.abs(result.pixels().astype(float) - two.pixels().astype(float)).mean(axis=2)
    face = bench.faces(two)[0]
    left, top, width, height = face.box
    middle = change[round(top + height / 2), round(left + width / 2) :]
    smooth = np.convolve(middle, np.ones(25) / 25, mode="valid")
    assert smooth[0] > 2
    assert np.abs(np.diff(smooth)).max() < 0.6


@pytest.mark.parametrize(
    ("params", "chosen"),
    [({"faces": "largest"}, [0]), ({"indices": [1]}, [1]), ({"only_center_face": True}, None), ({"min_size": 900}, [])],
    ids=["largest", "by number", "center", "too small"],
)
def test_faces_can_be_chosen(bench: Bench, two: Photo, params: dict[str, object], chosen: list[int] | None) -> None:
    bench.restorer.change = brighter_at(FFHQ_512)
    faces = bench.faces(two)
    if chosen is None:
        middles = [abs(face.box[0] + face.box[2] / 2 - two.width / 2) for face in faces]
        chosen = [int(np.argmin(middles))]
    result, context = bench.run(two, **params)
    assert [one.index for one in outcomes(context) if one.restored] == chosen
    change = np.abs(result.pixels().astype(float) - two.pixels().astype(float)).max(axis=2)
    for index, face in enumerate(faces):
        left, top, width, height = (round(one) for one in face.box)
        assert bool(change[top : top + height, left : left + width].max() > 0) == (index in chosen)


def test_a_number_that_no_face_has_is_told(bench: Bench, two: Photo) -> None:
    _, context = bench.run(two, indices=[0, 7])
    assert context.warnings == ["restore_faces: there is no face 7; found: 2"]


def face(**values: object) -> Face:
    given = {
        "box": (10.0, 10.0, 80.0, 90.0), "score": 0.9, "presence": 0.99, "landmarks": np.zeros((478, 3), np.float32),
        "points": np.zeros((5, 2), np.float32), "yaw": 0.0, "pitch": 0.0, "roll": 0.0,
    }  # fmt: skip
    return Face(**{**given, **values})


def test_profiles_and_what_is_not_surely_a_face_stay_as_they_are() -> None:
    faces = [face(), face(yaw=-70.0), face(presence=0.52), face(box=(0.0, 0.0, 20.0, 90.0))]
    why = reasons(faces, Wanted(min_size=24), 400, 400)
    assert why == ("", "turned too far away", "not surely a face", "smaller than 24 pixels")


def test_why_faces_were_left_alone_is_told(bench: Bench, two: Photo) -> None:
    _, context = bench.run(two, min_size=5000)
    assert context.warnings == ["restore_faces: 2 faces were left alone: smaller than 5000 pixels"]
    assert bench.restorer.calls == []


def test_a_photo_without_faces_comes_back_with_a_word(bench: Bench) -> None:
    photo = Photo.from_pixels(data.coffee())
    result, context = bench.run(photo)
    assert np.array_equal(result.pixels(), photo.pixels())
    assert context.warnings == ["restore_faces: no face was found"]


def variants(rgb: np.ndarray) -> dict[str, np.ndarray]:
    grey = rgb.mean(axis=2).astype(np.uint8)
    alpha = np.full((*rgb.shape[:2], 1), 200, np.uint8)
    return {
        "grey": grey, "16-bit": rgb.astype(np.uint16) * 257, "alpha": np.concatenate([rgb, alpha], axis=2),
        "grey and alpha": np.concatenate([grey[..., None], alpha], axis=2),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["grey", "16-bit", "alpha", "grey and alpha"])
def test_every_kind_of_photo_is_restored_and_stays_what_it_is(bench: Bench, kind: str) -> None:
    pixels = variants(data.astronaut())[kind]
    bench.restorer.change = brighter_at(FFHQ_512[2:3])
    result, context = bench.run(Photo.from_pixels(pixels))
    after = result.pixels()
    assert after.dtype == pixels.dtype
    assert after.shape == np.atleast_3d(pixels).shape
    assert [one.restored for one in outcomes(context)] == [True]
    assert (after != np.atleast_3d(pixels)).any()
    if result.alpha:
        assert (after[..., -1] == 200).all()


def smiley() -> np.ndarray:
    pixels = np.full((400, 400, 3), (255, 240, 200), np.uint8)
    cv2.circle(pixels, (200, 200), 150, (250, 210, 60), -1)
    for x in (145, 255):
        cv2.circle(pixels, (x, 160), 18, (30, 30, 30), -1)
    cv2.ellipse(pixels, (200, 230), (80, 60), 0, 10, 170, (30, 30, 30), 8)
    return pixels


@pytest.mark.parametrize("kind", ["smiley", "poster"])
def test_a_drawn_face_is_restored_or_left_as_it_is_with_a_word(bench: Bench, kind: str) -> None:
    photo = Photo.from_pixels(smiley())
    if kind == "poster":
        drawing = Context(models=bench, chosen=(), workspace=bench.folder)
        photo = CARTOONIZE.run(Photo.from_pixels(data.astronaut()), CartoonizeParams(style="poster"), drawing)
        photo = Photo.from_pixels(photo.pixels())
    bench.restorer.change = brighter_at(FFHQ_512[2:3])
    result, context = bench.run(photo)
    changed = bool((result.pixels() != photo.pixels()).any())
    assert changed == any(face.restored for one in context.executions for face in one.faces)
    assert changed or context.warnings
    assert changed == (kind == "poster")


def test_a_face_that_the_border_cuts_is_restored_as_far_as_it_is_there(bench: Bench) -> None:
    pixels = data.astronaut()[60:, 195:]
    bench.restorer.change = brighter_at(FFHQ_512, by=0.1, sigma=20)
    result, context = bench.run(Photo.from_pixels(np.ascontiguousarray(pixels)))
    assert result.pixels().shape == pixels.shape
    assert len(outcomes(context)) <= 1


def test_sixty_faces_are_restored_in_a_few_passes(bench: Bench) -> None:
    head = data.astronaut()[10:190, 140:300]
    sheet = np.tile(head, (6, 10, 1))
    bench.restorer.change = brighter_at(FFHQ_512)
    bench.restorer.most = 64
    result, context = bench.run(Photo.from_pixels(sheet))
    assert len(outcomes(context)) == 60
    assert bench.restorer.calls == [60]
    change = np.abs(result.pixels().astype(float) - sheet).max(axis=2)
    cells = change.reshape(6, 180, 10, 160).max(axis=(1, 3))
    assert (cells > 20).all()


def test_fewer_faces_at_once_where_memory_runs_out(bench: Bench, two: Photo) -> None:
    bench.restorer.room = 1
    _, context = bench.run(two)
    assert bench.restorer.calls == [1, 1]
    assert [one.restored for one in outcomes(context)] == [True, True]


def test_a_small_photo_is_no_trouble(bench: Bench) -> None:
    small = Photo(pyvips.Image.new_from_array(data.astronaut()).thumbnail_image(64))
    result, context = bench.run(small)
    assert (result.width, result.height) == (64, 64)
    assert context.executions or context.warnings


def test_a_photo_of_12000_pixels_is_restored_in_bounded_memory(bench: Bench) -> None:
    image = (
        pyvips.Image.new_from_array(data.astronaut()).resize(12_000 / 512, kernel="linear").crop(0, 0, 12_000, 5_000)
    )
    bench.restorer.change = brighter_at(FFHQ_512[2:3])
    result, context = bench.run(Photo(image.cast("uchar")))
    assert result.width == 12_000
    [one] = outcomes(context)
    assert one.restored
    left, top, width, height = one.box
    assert width > 1500
    middle = (left + width // 2, top + height // 2)
    part = [
        photo.crop(middle[0] - 600, middle[1] - 600, 1200, 1200).numpy().astype(int) for photo in (result.image, image)
    ]
    assert np.abs(part[0] - part[1]).max() > 30


def test_an_aligned_crop_is_taken_as_it_is(bench: Bench) -> None:
    crop = Photo.from_pixels(np.ascontiguousarray(data.astronaut()[:400, 20:420]))
    bench.restorer.change = brighter_at(np.array([[128.0, 128.0]]), sigma=6)
    result, context = bench.run(crop, already_aligned=True)
    change = np.abs(result.pixels().astype(float) - crop.pixels().astype(float)).mean(axis=2)
    assert np.unravel_index(change.argmax(), change.shape) == pytest.approx((100, 100), abs=2)
    assert [one.restored for one in outcomes(context)] == [True]


def test_an_aligned_crop_without_a_face_is_restored_and_says_so(bench: Bench) -> None:
    crop = Photo.from_pixels(np.ascontiguousarray(data.coffee()[:300, :300]))
    bench.restorer.change = brighter_at(np.array([[128.0, 128.0]]), sigma=6)
    result, context = bench.run(crop, already_aligned=True)
    assert (result.pixels() != crop.pixels()).any()
    assert context.warnings == ["restore_faces: no face was found in the crop; it was restored as it is"]
    assert [(one.score, one.similarity) for one in outcomes(context)] == [(0.0, None)]


def test_the_one_face_of_a_photo_that_is_no_crop_is_put_back_without_an_edge(bench: Bench) -> None:
    photo = Photo.from_pixels(np.ascontiguousarray(data.astronaut()[:420]))
    bench.restorer.change = lambda faces: (
        faces + np.random.default_rng(0).normal(0, 0.1, faces.shape).astype(np.float32)
    )
    with_flag, context = bench.run(photo, already_aligned=True)
    without, _ = bench.run(photo)
    assert len(outcomes(context)) == 1
    assert np.array_equal(with_flag.pixels(), without.pixels())


def test_faces_that_overlap_are_not_changed_twice(bench: Bench) -> None:
    head = data.astronaut()[0:230, 178:270]
    pair = Photo.from_pixels(np.ascontiguousarray(np.concatenate([head, head], axis=1)))
    bench.restorer.change = lambda faces: np.ones_like(faces)
    result, context = bench.run(pair)
    assert len(outcomes(context)) == 2
    # A restorer that takes all detail away leaves none between the two; taken away twice, it would be there again.
    detail = [(photo.image - photo.image.gaussblur(3)).crop(77, 70, 30, 90).numpy().std() for photo in (pair, result)]
    assert detail[1] < 0.5 * detail[0]


def test_no_more_than_the_largest_faces_are_restored() -> None:
    why = reasons([face()] * (MOST + 3), Wanted(), 400, 400)
    assert why[:MOST] == ("",) * MOST
    assert why[MOST:] == (f"not among the {MOST} largest",) * 3


def test_many_faces_are_put_back_in_bounded_memory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.operations.restore_faces._KEPT", 3)
    sheet = Photo.from_pixels(np.tile(data.astronaut()[10:190, 140:300], (2, 5, 1)))
    bench.restorer.change = brighter_at(FFHQ_512)
    spooled, context = bench.run(sheet)
    assert len(outcomes(context)) == 10
    assert sorted(path.name for path in bench.folder.glob("faces-*.tif")) == [
        "faces-3.tif",
        "faces-6.tif",
        "faces-9.tif",
    ]
    monkeypatch.undo()
    assert np.array_equal(spooled.pixels(), bench.run(sheet)[0].pixels())


@pytest.mark.parametrize(
    "params", [{"faces": "largest", "indices": [1]}, {"only_center_face": True, "already_aligned": True}]
)
def test_what_says_two_things_of_which_faces_is_refused(params: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match="only one of"):
        read_recipe({"steps": [{"operation": "restore_faces", **params}]})


def test_many_numbers_that_no_face_has_are_told_in_short(bench: Bench, two: Photo) -> None:
    _, context = bench.run(two, indices=list(range(2, 500)))
    assert len(context.warnings[0]) < 200


def test_what_is_no_square_is_searched_for_faces(bench: Bench, two: Photo) -> None:
    _, context = bench.run(two, already_aligned=True)
    assert len(outcomes(context)) == 2
    assert "no square crop" in context.warnings[0]


def test_somebody_else_s_face_is_told_by_its_similarity(bench: Bench, two: Photo) -> None:
    bench.restorer.change = lambda faces: np.ascontiguousarray(faces[::-1])
    _, context = bench.run(two)
    assert all(one.similarity is not None and one.similarity < 0.9 for one in outcomes(context))
    _, unchanged = Bench(bench.studio, bench.folder).run(two)
    assert min(one.similarity or 0 for one in outcomes(unchanged)) > max(
        one.similarity or 0 for one in outcomes(context)
    )


def test_detail_needs_an_upscaler_only(bench: Bench, two: Photo) -> None:
    bench.upscaler = FakeUpscaler(scale=4, radius=0)
    small = Photo(two.image.resize(0.5))
    result, context = bench.run(small, "detail", restorer="detail")
    assert context.executions[-1].restorer == "detail"
    assert [one.restored for one in outcomes(context)] == [True, True]
    # An upscaler that only repeats pixels leaves the face all but as it is.
    assert np.abs(result.pixels().astype(float) - small.pixels().astype(float)).mean() < 1


def test_detail_leaves_faces_alone_that_are_large(bench: Bench) -> None:
    large = Photo(pyvips.Image.new_from_array(data.astronaut()).resize(3))
    result, context = bench.run(large, "detail", restorer="detail")
    assert [one.reason for one in outcomes(context)] == ["large enough as it is"]
    assert np.array_equal(result.pixels(), large.pixels())


# What can be had and what cannot.


def planned(eyes: Studio, **params: object) -> object:
    recipe = read_recipe({"name": "r", "steps": [{"operation": "restore_faces", **params}]})
    return eyes.planner.plan(recipe, Output())


@pytest.mark.parametrize(("pull", "kind"), [(True, LicenceError), (False, MissingWeightsError)])
def test_a_restorer_whose_weights_are_missing_is_refused_with_what_to_do(
    tmp_path: Path, pull: bool, kind: type[Exception]
) -> None:
    studio = Studio(Settings(data_dir=tmp_path, auto_pull=pull))
    with pytest.raises(kind) as caught:
        planned(studio, restorer="gfpgan-v1.4", scale=1)
    told = str(caught.value)
    for part in (
        "GFPGANv1.4.pth", "e2cd4703ab14f4d01fd1383a8a8b266f9a5833dacee8e6a79d3bf21a1b6be5ad", "releases/download",
        "models pull", "restorer=detail", "on_missing_model=skip",
    ):  # fmt: skip
        assert part in told


def test_the_rest_is_done_without_a_restorer_if_asked(eyes: Studio, weights_dir: Path) -> None:
    plan = planned(eyes, restorer="codeformer", scale=2, on_missing_model="skip")
    assert [one.task for step in plan.steps for one in step.models] == ["upscale", "faces", "identity"]
    assert any("faces are left as they are" in one and "codeformer.pth" in one for one in plan.warnings)


def test_auto_takes_the_best_that_is_there_and_says_so(eyes: Studio, weights_dir: Path) -> None:
    plan = planned(eyes, scale=1, quality_level="fast")
    assert [one.task for step in plan.steps for one in step.models] == ["upscale", "faces", "identity"]
    assert any(one.startswith("gfpgan-v1.4 cannot be had here") for one in plan.warnings)


def test_a_restorer_that_does_not_exist_is_refused_with_the_names_that_do() -> None:
    studio = Studio(Settings(auto_pull=False))
    with pytest.raises(UnknownModelError, match=r"auto, detail, gfpgan-v1\.4, codeformer"):
        planned(studio, restorer="nobody")


@pytest.mark.parametrize(
    "params",
    [
        {"strength": 1.2},
        {"scale": 8},
        {"faces": "some"},
        {"indices": ["a"]},
        {"indices": [-1]},
        {"indices": [True]},
        {"indices": [10**9]},
    ],
)
def test_parameters_out_of_range_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match=rf"restore_faces\.{next(iter(params))}"):
        read_recipe({"steps": [{"operation": "restore_faces", **params}]})


def test_the_preset_is_the_one_that_people_know() -> None:
    [step, _] = preset("face").steps
    assert (step.operation, step.values) == ("restore_faces", {"scale": 4, "strength": 0.5})
