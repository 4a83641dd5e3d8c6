from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvips
from items import item_of

from safelight.datasets.facts import Facts, Seen
from safelight.datasets.gaze import at_camera, eyes_open
from safelight.datasets.look import load_seen, look, save_seen
from safelight.datasets.tools import Tools
from safelight.errors import BrokenPhotoError, PhotoTooLargeError, UnsupportedFormatError
from safelight.imaging.photo import Photo
from safelight.people.identity import similarity
from safelight.people.pose import find_poses

pytestmark = pytest.mark.weights
Sight = Callable[[str], Seen]
Opened = Callable[[str], np.ndarray]


def test_a_portrait_is_measured_in_pixels_of_the_upright_photo(seen: Sight) -> None:
    facts = seen("people/obama2.jpg").facts
    face = facts.faces[0]
    left, top, width, height = face.box
    assert (left, top, width, height) == pytest.approx((200, 285, 280, 340), abs=25)
    assert all(left < x < left + width and top < y < top + height for x, y in face.points)
    assert -30 < face.yaw < -5
    assert facts.poses
    assert abs(facts.poses[0].landmarks[0][0] - face.points[2][0]) < width / 4
    assert (len(facts.poses[0].landmarks), len(facts.poses[0].visibility)) == (33, 33)
    assert facts.without == ()
    assert len(face.expressions) == 52


def test_each_face_has_an_embedding_and_a_patch_in_its_place(seen: Sight) -> None:
    both = seen("people/two_people.jpg")
    assert len(both.facts.faces) == 2
    assert both.embeddings.shape == (2, 128)
    assert both.patches.shape == (2, 64, 64)
    biden = seen("people/biden.jpg").embeddings[0]
    on_the_right = max(range(2), key=lambda number: both.facts.faces[number].box[0])
    assert similarity(both.embeddings[on_the_right], biden) > 0.6
    assert similarity(both.embeddings[1 - on_the_right], biden) < 0.5


def test_the_eyes_of_a_patch_are_where_the_template_has_them(seen: Sight) -> None:
    patch = seen("people/knn/train/biden/biden2.jpg").patches[0].astype(float)
    eyes, forehead = patch[28:33, 19:45], patch[14:19, 19:45]
    assert eyes.mean() < forehead.mean() - 15


def test_a_turned_file_gives_the_same_as_an_upright_one(
    seen: Sight, tools: Tools, shared_photos: Path, tmp_path: Path
) -> None:
    path = tmp_path / "turned.jpg"
    image = pyvips.Image.new_from_file(str(shared_photos / "people/obama2.jpg")).rot270().copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.jpegsave(str(path), Q=95)
    facts, upright = look(item_of(path), path, tools).facts, seen("people/obama2.jpg").facts
    assert (facts.width, facts.height) == (upright.width, upright.height)
    assert facts.faces[0].box == pytest.approx(upright.faces[0].box, abs=5)


def test_a_large_jpeg_gives_the_same_as_the_photo_it_was_made_of(
    seen: Sight, tools: Tools, shared_photos: Path, tmp_path: Path
) -> None:
    """It is opened at a fraction, which must not move anything."""
    name, path = "people/knn/train/biden/biden2.jpg", tmp_path / "large.jpg"
    cv2.imwrite(
        str(path), cv2.resize(cv2.imread(str(shared_photos / name)), (4000, 4000), interpolation=cv2.INTER_CUBIC)
    )
    large, small = look(item_of(path), path, tools), seen(name)
    share = 4000 / small.facts.width
    assert (large.facts.width, large.facts.height) == (4000, 4000)
    assert large.facts.faces[0].box == pytest.approx([share * one for one in small.facts.faces[0].box], abs=4 * share)
    assert similarity(large.embeddings[0], small.embeddings[0]) > 0.9
    assert large.facts.faces[0].sharpness == pytest.approx(small.facts.faces[0].sharpness, abs=0.08)
    assert large.facts.brightness == pytest.approx(small.facts.brightness, abs=0.01)


def test_who_is_seen_only_in_a_part_of_the_photo_has_a_pose(seen: Sight, tools: Tools, opened: Opened) -> None:
    name = "scenes/00017_gray.png"
    photo = Photo.from_pixels(np.repeat(opened(name)[..., :1], 3, axis=2))
    assert tools.people.pose is not None
    assert find_poses(photo, tools.models, tools.people.pose, thorough=False) == ()
    assert len(seen(name).facts.poses) == 1


def test_without_networks_the_rest_is_measured_and_said(blind: Tools, seen: Sight, shared_photos: Path) -> None:
    path = shared_photos / "people/obama2.jpg"
    found, whole = look(item_of(path), path, blind), seen("people/obama2.jpg")
    assert (found.facts.faces, found.facts.poses) == ((), ())
    assert found.embeddings.shape == (0, 0)
    assert [words.split(":")[0] for words in found.facts.without] == [
        "Faces were not looked for", "Faces were not told apart", "Bodies were not looked for",
    ]  # fmt: skip
    assert (found.facts.phash, found.facts.brightness) == (whole.facts.phash, whole.facts.brightness)


def test_without_the_identity_network_faces_have_no_embeddings(tools: Tools, shared_photos: Path) -> None:
    path = shared_photos / "people/obama2.jpg"
    found = look(item_of(path), path, replace(tools, people=replace(tools.people, identity=None)))
    assert len(found.facts.faces) >= 1
    assert found.embeddings.shape == (0, 0)
    assert len(found.patches) == len(found.facts.faces)


@pytest.mark.parametrize(
    "name",
    ["scenes/tree_alpha_16bit.png", "scenes/wolf_gray.jpg", "odd/portrait-headshot.heic", "scenes/00017_gray.png"],
)
def test_photos_of_every_kind_are_looked_at(seen: Sight, name: str) -> None:
    facts = seen(name).facts
    assert 0 < facts.brightness < 1
    assert 0 < facts.sharpness <= 1
    assert 0 <= facts.dark + facts.bright <= 1


def test_light_is_measured_on_its_own_scale(blind: Tools, tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[:, 300:] = 255
    cv2.imwrite(str(path), pixels)
    facts = look(item_of(path), path, blind).facts
    assert (facts.brightness, facts.dark, facts.bright) == pytest.approx((0.25, 0.75, 0.25), abs=0.01)
    assert facts.contrast == pytest.approx(0.433, abs=0.01)


def test_a_photo_of_one_pixel_is_looked_at(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "dot.png"
    cv2.imwrite(str(path), np.full((1, 1, 3), 128, np.uint8))
    assert look(item_of(path), path, tools).facts.faces == ()


def test_what_is_no_photo_is_an_error_that_names_it(tools: Tools, shared_photos: Path, tmp_path: Path) -> None:
    path = shared_photos / "people/obama2.jpg"
    item = item_of(path, "holiday/one.jpg")
    cut, text = tmp_path / "cut.jpg", tmp_path / "text.jpg"
    cut.write_bytes(path.read_bytes()[:20_000])
    text.write_text("not a photo")
    with pytest.raises(BrokenPhotoError, match=r"holiday/one\.jpg"):
        look(item, cut, tools)
    with pytest.raises(UnsupportedFormatError, match=r"holiday/one\.jpg: this is a text"):
        look(item, text, tools)
    with pytest.raises(PhotoTooLargeError):
        look(item, path, replace(tools, max_pixels=1000))


def test_shut_eyes_and_averted_looks_are_told_from_open_ones(seen: Sight) -> None:
    ahead = seen("people/knn/train/biden/biden2.jpg").facts.faces[0]
    aside = seen("people/obama2.jpg").facts.faces[0]
    assert ahead.eyes_open == 1
    assert ahead.at_camera > 0.8
    assert aside.at_camera < 0.3
    shut = {**ahead.expressions, "eyeBlinkLeft": 0.8, "eyeBlinkRight": 0.75}
    assert eyes_open(shut) == 0
    assert at_camera(ahead.yaw, ahead.pitch, shut) == 0


def test_what_was_seen_is_read_back_as_it_was(seen: Sight, tmp_path: Path) -> None:
    whole = seen("people/two_people.jpg")
    save_seen(whole, tmp_path / "results" / "look" / "abc.1")
    back = load_seen(whole.item, tmp_path / "results" / "look" / "abc.1")
    assert back is not None
    assert back.facts == whole.facts
    assert np.array_equal(back.embeddings, whole.embeddings)
    assert np.array_equal(back.patches, whole.patches)
    assert sorted(path.name for path in (tmp_path / "results" / "look").iterdir()) == ["abc.1.json", "abc.1.npz"]


def test_what_is_damaged_is_not_read(seen: Sight, tmp_path: Path) -> None:
    whole, place = seen("people/two_people.jpg"), tmp_path / "one"
    facts, arrays = tmp_path / "one.json", tmp_path / "one.npz"
    assert load_seen(whole.item, place) is None
    save_seen(whole, place)
    twin = load_seen(whole.item.model_copy(update={"id": "0" * 16}), place)
    assert twin is not None
    assert (twin.item.id, twin.facts.item) == ("0" * 16, "0" * 16)
    kept = arrays.read_bytes(), facts.read_bytes()
    for torn in (b"", kept[0][:1000], b"PK\x03\x04" + bytes(100)):
        arrays.write_bytes(torn)
        assert load_seen(whole.item, place) is None
    np.savez(arrays, embeddings=whole.embeddings[:1], patches=whole.patches)
    assert load_seen(whole.item, place) is None
    arrays.write_bytes(kept[0])
    facts.write_bytes(kept[1][: len(kept[1]) // 2])
    assert load_seen(whole.item, place) is None
    facts.write_bytes(kept[1])
    assert load_seen(whole.item, place) is not None


def test_facts_are_readable_json(seen: Sight, tmp_path: Path) -> None:
    whole = seen("people/obama2.jpg")
    save_seen(whole, tmp_path / "one")
    text = (tmp_path / "one.json").read_text("utf-8")
    assert Facts.model_validate_json(text) == whole.facts
    assert '\n "phash": "' in text
