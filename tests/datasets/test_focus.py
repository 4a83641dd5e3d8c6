"""Which part of a photo is shown: never half a face, and as a portrait photographer would have it."""

from __future__ import annotations

import json
import tomllib
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from framed import Box, Oracle, face_of, overlap, seen_of, share_inside, tools_of
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from safelight.datasets.dataset import Choice, Focused, Shot
from safelight.datasets.facts import FaceFacts, PoseFacts, Seen
from safelight.datasets.focus import focus
from safelight.datasets.frame import Scene, place
from safelight.datasets.settings import CropParams, DatasetSettings, FocusParams
from safelight.datasets.visionbox import parse_box
from safelight.errors import CaptionServerError, LocalOnlyError

TRUTH: dict[str, list[float]] = tomllib.loads((Path(__file__).parent / "crops.toml").read_text())["squares"]
FACES: dict[str, list[Box]] = tomllib.loads((Path(__file__).parents[1] / "people" / "truth.toml").read_text())["faces"]
Judged = dict[str, tuple[Seen, Focused]]
BUCKETS = DatasetSettings(crop=CropParams(mode="bucket"))


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 x 2,000 pixels of even grey."""
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    Image.new("RGB", (3000, 2000), (120, 120, 120)).save(path)
    return path


def settings(mode: str = "square", **focus: object) -> DatasetSettings:
    params = FocusParams.model_validate(focus)
    return DatasetSettings(focus=params, crop=CropParams.model_validate({"mode": mode}))


def focused(seen: Seen, path: Path, chosen: DatasetSettings | None = None, **rest: object) -> Focused:
    choice = rest.get("choice")
    assert choice is None or isinstance(choice, Choice)
    return focus(seen, path, chosen or DatasetSettings(), choice, tools_of(path.parent, vision=rest.get("vision")))


def body_of(face: Box, *, lowest: int) -> PoseFacts:
    """Somebody who stands straight below a face; landmarks after ``lowest`` are not seen."""
    left, top, width, height = face
    x, chin = left + width / 2, top + height
    places = [(x, top + height / 2)] * 33
    for numbers, down, out in (
        ((11, 12), 0.5, 1.1), ((13, 14), 1.9, 1.3), ((15, 16), 3.2, 1.4), ((23, 24), 3.3, 0.7), ((25, 26), 5.6, 0.6),
        ((27, 28), 8.0, 0.6), ((29, 30), 8.2, 0.6), ((31, 32), 8.3, 0.8),
    ):  # fmt: skip
        places[numbers[0]] = (x + out * height, chin + down * height)
        places[numbers[1]] = (x - out * height, chin + down * height)
    seen = tuple(1.0 if number <= lowest else 0.0 for number in range(33))
    return PoseFacts(score=0.9, landmarks=tuple(places), visibility=seen)


def test_a_whole_person_is_shown_from_above_the_hair_to_below_the_soles(photo: Path) -> None:
    face = (1420.0, 500.0, 100.0, 120.0)
    found = focused(seen_of(photo, (face_of(face),), (body_of(face, lowest=32),)), photo)
    left, top, width, height = found.box
    assert width == height
    assert found.shot is Shot.FULL_BODY
    assert found.method == "face"
    assert 500 - 1.5 * 120 < top < 500 - 0.5 * 120
    assert 620 + 8.3 * 120 < top + height < 620 + 9.5 * 120
    assert abs(left + width / 2 - 1470) < 0.05 * width


@pytest.mark.parametrize(
    ("shot", "down"), [("close_up", (0, 1)), ("portrait", (0.8, 2.5)), ("upper_body", (3, 4.5)), ("cowboy", (4.3, 5.6))]
)
def test_a_shot_that_was_asked_for_ends_where_its_name_says(shot: str, down: tuple[float, float], photo: Path) -> None:
    face = (1420.0, 400.0, 110.0, 120.0)
    seen = seen_of(photo, (face_of(face),), (body_of(face, lowest=32),))
    found = focused(seen, photo, settings(shot=shot))
    assert found.shot == shot
    assert down[0] < (found.box[1] + found.box[3] - 520) / 120 < down[1]
    assert found.box[1] < 400 - 0.3 * 120


def test_a_shot_that_the_photo_has_no_room_for_is_told(photo: Path) -> None:
    face = (1420.0, 1000.0, 420.0, 500.0)
    found = focused(seen_of(photo, (face_of(face),), (body_of(face, lowest=12),)), photo, settings(shot="full_body"))
    assert found.shot in (Shot.PORTRAIT, Shot.CLOSE_UP)
    assert len(found.warnings) == 1
    assert "no room" in found.warnings[0]


@pytest.mark.parametrize("mode", ["square", "bucket"])
def test_a_raised_hand_is_not_cut_off(mode: str, photo: Path) -> None:
    face = (1420.0, 700.0, 110.0, 120.0)
    body = body_of(face, lowest=24)
    places = list(body.landmarks)
    for number in (15, 17, 19, 21):
        places[number] = (1700.0, 400.0)
    raised = body.model_copy(update={"landmarks": tuple(places)})
    box = focused(seen_of(photo, (face_of(face),), (raised,)), photo, settings(mode)).box
    assert box[1] < 385
    assert box[0] + box[2] > 1715
    assert focused(seen_of(photo, (face_of(face),), (body,)), photo, settings(mode)).box[1] > 450


def test_a_close_up_has_less_space_above_the_head_than_a_whole_person(photo: Path) -> None:
    face = (1420.0, 500.0, 110.0, 120.0)
    seen = seen_of(photo, (face_of(face),), (body_of(face, lowest=32),))
    tops = [focused(seen, photo, settings(shot=shot)).box[1] for shot in ("close_up", "portrait", "full_body")]
    assert tops[0] > tops[1] > tops[2]


def test_more_head_room_is_more_space_above_the_head(photo: Path) -> None:
    face = (1420.0, 700.0, 110.0, 120.0)
    seen = seen_of(photo, (face_of(face),), (body_of(face, lowest=24),))
    tops = [focused(seen, photo, settings(shot="portrait", head_room=room)).box[1] for room in (0, 0.5, 1)]
    assert tops[0] > tops[1] > tops[2]
    assert tops[0] - tops[2] == pytest.approx(120, abs=8)


def test_who_looks_to_a_side_gets_room_there(photo: Path) -> None:
    face = (1300.0, 500.0, 260.0, 300.0)
    middles = {}
    for yaw in (-60.0, 0.0, 60.0):
        box = focused(seen_of(photo, (face_of(face, yaw=yaw),)), photo).box
        middles[yaw] = (box[0] + box[2] / 2 - 1430) / box[2]
    assert middles[-60.0] < -0.08 < middles[0.0] < 0.08 < middles[60.0]


def test_all_who_are_together_are_shown_and_somebody_far_behind_is_not_waited_for(photo: Path) -> None:
    together = [(900.0, 500.0, 200.0, 240.0), (1500.0, 450.0, 210.0, 250.0)]
    behind = (2900.0, 300.0, 30.0, 36.0)
    found = focused(seen_of(photo, tuple(face_of(box) for box in (*together, behind))), photo)
    assert all(share_inside(box, found.box, 3000, 2000) == 1 for box in together)
    assert share_inside(behind, found.box, 3000, 2000) == 0
    assert found.warnings == ()


@pytest.mark.parametrize("at", [560.0, 620.0, 680.0, 2150.0, 2210.0, 2270.0])
def test_a_small_face_at_the_edge_is_in_or_out_but_never_cut(at: float, photo: Path) -> None:
    small = (at, 500.0, 80.0, 96.0)
    face = (1300.0, 600.0, 260.0, 300.0)
    seen = seen_of(photo, (face_of(face), face_of(small)), (body_of(face, lowest=24),))
    found = focused(seen, photo, settings(shot="upper_body"))
    assert share_inside(face, found.box, 3000, 2000) == 1
    assert not 0.005 < share_inside(small, found.box, 3000, 2000) < 0.995
    assert found.warnings == ()


def test_of_two_who_do_not_fit_one_is_shown_whole_and_the_other_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.new("RGB", (4000, 900)).save(path)
    boxes = [(3300.0, 300.0, 260.0, 300.0), (300.0, 300.0, 240.0, 290.0)]
    found = focused(seen_of(path, tuple(face_of(box) for box in boxes)), path)
    assert share_inside(boxes[0], found.box, 4000, 900) == 1
    assert share_inside(boxes[1], found.box, 4000, 900) == 0
    assert found.warnings == ("One face is not in the picture.",)


def test_fifty_people_take_little_time_and_memory(photo: Path) -> None:
    boxes = [(40.0 + number % 10 * 290, 60.0 + number // 10 * 390, 150.0, 180.0) for number in range(50)]
    seen = seen_of(photo, tuple(face_of(box) for box in boxes))
    tracemalloc.start()
    start = process_time()
    found = focused(seen, photo)
    seconds, (_, most) = process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 2
    assert most < 100_000_000
    assert all(not 0.01 < share_inside(box, found.box, 3000, 2000) < 0.99 for box in boxes)
    assert "faces are not in the picture" in found.warnings[0]


def test_the_same_photo_has_the_same_part_whichever_thread_asks(photo: Path) -> None:
    face = (1420.0, 500.0, 100.0, 120.0)
    seen = [seen_of(photo, (face_of(face),)), seen_of(photo)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: focused(seen[number % 2], photo), range(12)))
    assert found[::2] == [found[0]] * 6
    assert found[1::2] == [found[1]] * 6


@st.composite
def crowds(draw: st.DrawFn) -> tuple[int, int, list[Box]]:
    """A photo and faces in it that do not touch, largest first."""
    width, height = draw(st.integers(64, 6000)), draw(st.integers(64, 6000))
    kept: list[Box] = []
    for _ in range(draw(st.integers(1, 8))):
        size = draw(st.floats(0.03, 0.5)) * min(width, height)
        box = (draw(st.floats(-0.1, 0.95)) * width, draw(st.floats(-0.1, 0.95)) * height, 0.85 * size, size)
        if all(share_inside(box, other, 1e9, 1e9) == 0 for other in kept) and min(box[:2]) >= 0:
            kept.append(box)
    kept = kept or [(0.3 * width, 0.3 * height, 0.2 * min(width, height), 0.25 * min(width, height))]
    return width, height, sorted(kept, key=lambda box: -box[2] * box[3])


@given(crowds(), st.sampled_from([1.0, 832 / 1216, 1216 / 832]), st.floats(-0.5, 1), st.floats(0.1, 1.5))
def test_wherever_faces_are_the_frame_stays_inside_and_cuts_none_without_saying_so(
    crowd: tuple[int, int, list[Box]], aspect: float, start: float, size: float
) -> None:
    width, height, faces = crowd
    scene = Scene(area=(0, 0, width, height), faces=tuple(faces), weights=(1.0,) * len(faces))
    placed = place((start * width, start * height, size * width, size * height), aspect, scene)
    left, top, across, down = placed.box
    assert left >= 0
    assert top >= 0
    assert left + across <= width
    assert top + down <= height
    assert abs(across - down * aspect) <= 1 + aspect
    shares = [share_inside(box, placed.box, width, height) for box in faces]
    torn = sum(0.01 < share < 0.99 for share in shares)
    assert torn <= placed.cut
    inside = [min(width, faces[0][i] + faces[0][i + 2]) - faces[0][i] for i in (0, 1)]
    if max(inside[0] * 1.5, inside[1] * 1.5) < min(width, height) * min(aspect, 1 / aspect):
        assert shares[0] > 0.99


def test_a_choice_by_hand_wins_and_is_brought_into_the_photo_and_the_shape(photo: Path) -> None:
    face = (1420.0, 500.0, 100.0, 120.0)
    seen = seen_of(photo, (face_of(face),))
    found = focused(seen, photo, choice=Choice(crop=(2400.0, 1200.0, 900.0, 500.0)))
    assert found.method == "hand"
    assert found.box == (2400.0, 1150.0, 600.0, 600.0)
    assert found.shot is Shot.NO_PERSON
    again = focused(seen, photo, BUCKETS, choice=Choice(crop=(100.0, 100.0, 832.0, 1216.0)))
    assert again.box == (100.0, 100.0, 832.0, 1216.0)
    assert focused(seen, photo, choice=Choice(keep=True)) == focused(seen, photo)


def test_a_choice_by_hand_may_cut_a_face_and_that_is_said(photo: Path) -> None:
    face = (1420.0, 500.0, 100.0, 120.0)
    found = focused(seen_of(photo, (face_of(face),)), photo, choice=Choice(crop=(1470.0, 400.0, 600.0, 600.0)))
    assert found.box == (1470.0, 400.0, 600.0, 600.0)
    assert found.warnings == ("One face is cut at the edge.",)


def test_a_hand_that_points_beside_the_photo_still_gives_a_part_of_it(photo: Path) -> None:
    found = focused(seen_of(photo), photo, choice=Choice(crop=(9000.0, -500.0, 100.0, 100.0)))
    assert found.box[0] + found.box[2] <= 3000
    assert found.box[1] >= 0
    assert min(found.box[2:]) >= 1


@pytest.mark.parametrize(
    "answer",
    [
        '{"box": [200, 100, 700, 850]}',
        "Sure! Here it is:\n```json\n{\"bbox_2d\": [0.2, 0.1, 0.7, 0.85]}\n```",
        '{"result": {"x1": 200, "y1": 100, "x2": 700, "y2": 850}}',
        '{"x": 0.2, "y": 0.1, "width": 0.5, "height": 0.75}',
        "[[200, 100], [700, 850]]",
        "The box is (20%, 10%, 70%, 85%).",
        "left=no idea, but 200, 100, 700, 850 will do",
        "[700, 850, 200, 100]",
        '{"box": [600, 200, 2100, 1700]}',
    ],
)  # fmt: skip
def test_a_box_is_read_out_of_many_forms_of_answer(answer: str) -> None:
    assert parse_box(answer, 3000, 2000) == pytest.approx((0.2, 0.1, 0.5, 0.75))


@pytest.mark.parametrize(
    "answer",
    ["", "I cannot help with that.", "<html>502</html>", '{"box": null}', '{"box": [1, 2, 3]}', "[5, 5, 6, 6]",
     '{"box": ["a", "b", "c", "d"]}', "[" * 5000, "\x00\x01", '{"box": [NaN, 0, 1, 1]}', "1e999 0 1 1"],
)  # fmt: skip
def test_an_answer_without_a_box_gives_none(answer: str) -> None:
    assert parse_box(answer, 3000, 2000) is None


def test_the_box_of_a_caption_server_is_used_where_it_cuts_no_face(photo: Path) -> None:
    face = (1420.0, 500.0, 200.0, 240.0)
    oracle = Oracle(json.dumps({"box": [400, 100, 633, 450]}))
    found = focused(seen_of(photo, (face_of(face),)), photo, settings(method="vision"), vision=oracle)
    assert found.method == "vision"
    assert overlap(found.box, (1200.0, 200.0, 700.0, 700.0)) > 0.9
    assert found.warnings == ()
    assert len(oracle.pictures) == 1
    assert len(oracle.pictures[0]) < 200_000


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ('{"box": [0, 0, 500, 700]}', "cut a face"),
        ('{"box": [700, 0, 1000, 450]}', "cut a face"),
        ("I see a man.", "no box"),
        (CaptionServerError("captions.example: no answer in 60 s"), "no answer in 60 s"),
    ],
)
def test_a_box_that_is_no_good_leaves_it_to_the_faces_and_that_is_said(
    answer: str | Exception, words: str, photo: Path
) -> None:
    seen = seen_of(photo, (face_of((1420.0, 500.0, 200.0, 240.0)),))
    found = focused(seen, photo, settings(method="vision"), vision=Oracle(answer))
    plain = focused(seen, photo)
    assert (found.method, found.box) == ("face", plain.box)
    assert len(found.warnings) == 1
    assert words in found.warnings[0]


def test_without_a_caption_server_the_faces_decide_and_a_call_that_is_forbidden_is_an_error(photo: Path) -> None:
    seen = seen_of(photo, (face_of((1420.0, 500.0, 200.0, 240.0)),))
    assert "no caption server" in focused(seen, photo, settings(method="vision")).warnings[0]
    with pytest.raises(LocalOnlyError):
        focused(seen, photo, settings(method="vision"), vision=Oracle(LocalOnlyError("no calls are allowed")))


def test_auto_asks_no_server(photo: Path) -> None:
    oracle = Oracle('{"box": [0, 0, 500, 700]}')
    focused(seen_of(photo), photo, vision=oracle)
    focused(seen_of(photo, (face_of((1420.0, 500.0, 200.0, 240.0)),)), photo, vision=oracle)
    assert oracle.pictures == []


@pytest.mark.parametrize("at", [300, 2600])
def test_without_people_the_frame_goes_to_what_draws_the_eye(at: int, tmp_path: Path) -> None:
    values = np.full((300, 3000, 3), 90, np.uint8)
    values[100:200, at : at + 100] = (240, 40, 30)
    path = tmp_path / "strip.png"
    Image.fromarray(values).save(path)
    found = focused(seen_of(path), path)
    assert (found.method, found.shot) == ("saliency", Shot.NO_PERSON)
    assert found.box[2:] == (300.0, 300.0)
    assert found.box[0] <= at
    assert found.box[0] + 300 >= at + 100


def test_the_middle_is_left_only_where_it_would_cut_a_face(photo: Path) -> None:
    assert focused(seen_of(photo), photo, settings(method="centre")).box == (500.0, 0.0, 2000.0, 2000.0)
    face = (420.0, 500.0, 200.0, 240.0)
    moved = focused(seen_of(photo, (face_of(face),)), photo, settings(method="centre")).box
    assert share_inside(face, moved, 3000, 2000) == 1


def test_black_bars_are_no_part_of_the_picture(tmp_path: Path) -> None:
    values = np.full((900, 1600, 3), 130, np.uint8)
    values[:, :350] = values[:, 1250:] = 0
    path = tmp_path / "bars.png"
    Image.fromarray(values).save(path)
    face = (720.0, 200.0, 150.0, 180.0)
    for faces in ((), (face_of(face),)):
        box = focused(seen_of(path, faces, dark=0.44), path).box
        assert box[0] >= 349
        assert box[0] + box[2] <= 1251


@pytest.mark.parametrize("right", [0, 100])
def test_dark_edges_that_are_not_alike_are_no_bars(right: int, tmp_path: Path) -> None:
    values = np.full((900, 1600, 3), 130, np.uint8)
    values[:, :350] = values[:, 1600 - right :] = 0
    path = tmp_path / "dark.png"
    Image.fromarray(values).save(path)
    assert focused(seen_of(path, dark=0.22), path, settings(method="centre")).box == (350.0, 0.0, 900.0, 900.0)


def test_a_bucket_follows_the_shape_of_the_person(photo: Path) -> None:
    face = (1420.0, 500.0, 100.0, 120.0)
    seen = seen_of(photo, (face_of(face),), (body_of(face, lowest=32),))
    tall = focused(seen, photo, BUCKETS).box
    assert tall[2] < 0.65 * tall[3]
    assert focused(seen, photo).box[3] == pytest.approx(tall[3], rel=0.1)
    nobody = focused(seen_of(photo), photo, BUCKETS).box
    assert nobody[2] / nobody[3] == pytest.approx(1216 / 832, rel=0.01)


@pytest.mark.parametrize("size", [(64, 64), (64, 640), (5000, 500), (1, 1)])
def test_photos_of_every_shape_have_a_part(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.new("RGB", size, (99, 99, 99)).save(path)
    huge: tuple[FaceFacts, ...] = (face_of((-20.0, -20.0, 2.0 * size[0] + 40, 2.0 * size[1] + 40)),)
    for chosen in (DatasetSettings(), BUCKETS, settings(method="saliency"), settings(shot="close_up")):
        for faces in ((), huge):
            left, top, width, height = focused(seen_of(path, faces, dark=1.0), path, chosen).box
            assert left >= 0
            assert top >= 0
            assert width >= 1
            assert height >= 1
            assert left + width <= size[0]
            assert top + height <= size[1]


@pytest.fixture(scope="session")
def judged(seen: Callable[[str], Seen], shared_photos: Path) -> Judged:
    """Every photo with a box by hand, really looked at."""
    return {name: (seen(name), focused(seen(name), shared_photos / name)) for name in TRUTH}


@pytest.mark.weights
def test_the_parts_are_those_that_a_photographer_would_choose(judged: Judged) -> None:
    hand = {name: (left, top, side, side) for name, (left, top, side) in TRUTH.items()}
    overlaps = {name: overlap(result.box, hand[name]) for name, (_, result) in judged.items()}
    assert len(overlaps) == 40
    assert np.mean(list(overlaps.values())) >= 0.85, overlaps
    assert min(overlaps.values()) >= 0.5, overlaps


@pytest.mark.weights
def test_no_face_is_cut_in_any_photo(judged: Judged) -> None:
    counted = 0
    for name, (seen, result) in judged.items():
        width, height = seen.facts.width, seen.facts.height
        for face in seen.facts.faces:
            assert not 0.01 < share_inside(face.box, result.box, width, height) < 0.99, name
            counted += 1
        for box in FACES[name]:
            # Set by eye, to a few pixels.
            assert not 0.1 < share_inside(box, result.box, width, height) < 0.9, name
        if seen.facts.faces:
            assert share_inside(seen.facts.faces[0].box, result.box, width, height) > 0.99, name
    assert counted > 50
