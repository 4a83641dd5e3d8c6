"""All words of the report on a dataset, as the page and the PDF show them."""

from __future__ import annotations

from collections.abc import Mapping

from safelight.datasets.dataset import Reason, Shot

WORDS: Mapping[str, str] = {
    "advice": "What would make it better",
    "advice.none": "Nothing is missing: the set has enough pictures, and they differ.",
    "coverage": "What the pictures show",
    "shots": "How much of the person",
    "directions": "Where heads are turned",
    "tilts": "Up and down",
    "expressions": "Expressions",
    "light": "Light",
    "backgrounds": "Backgrounds",
    "clothes": "Clothes",
    "map": "Angles of the heads",
    "map.note": "Each point is a picture: left and right as seen, up and down.",
    "unknown": "Not measured.",
    "rest": "{count} others",
    "sets": "Training sets",
    "set.clean": "{pictures} pictures. Read back as the trainer does: no problem.",
    "set.problems": "{pictures} pictures. Read back as the trainer does: {problems} found.",
    "warnings": "Good to know",
    "kept": "In the set",
    "dropped": "Left out, and why",
    "beside": "kept in its place",
    "more": "{count} more are not pictured here.",
    "skipped": "Files that are no photos",
    "privacy": "Privacy",
    "privacy.none": "Nothing left this machine.",
    "privacy.sent": "{pictures} pictures in {calls} calls, {bytes}",
    "privacy.local": "Calls to other machines were not allowed.",
    "settings": "Settings",
    "settings.note": "Those that are not the usual ones are marked with a dot.",
    "no_picture": "No picture here",
    "page": "Page {page} of {pages}",
    "product": "Safelight",
    "pdf.more": "The web page of this report shows all pictures.",
}
"""What is said, by what is meant; names in braces are filled in."""

REASONS: Mapping[Reason, str] = {
    Reason.GOOD: "Kept, but not finished",
    Reason.BY_HAND: "Left out by hand",
    Reason.EXACT_COPY: "The same file once more",
    Reason.NEAR_COPY: "The same picture once more",
    Reason.SAME_POSE: "The same face in the same pose",
    Reason.BLURRED: "Blurred",
    Reason.TOO_DARK: "Too dark",
    Reason.TOO_BRIGHT: "Too bright",
    Reason.TOO_SMALL: "Too small",
    Reason.NO_FACE: "No face",
    Reason.SEVERAL_FACES: "Several people",
    Reason.FACE_TOO_SMALL: "The face is too small",
    Reason.STRANGER: "Somebody else",
    Reason.UNREADABLE: "Cannot be read",
}
"""Headings of what was left out."""

KINDS: Mapping[str, str] = {
    Shot.CLOSE_UP: "close-up", Shot.PORTRAIT: "portrait", Shot.UPPER_BODY: "upper body", Shot.COWBOY: "to the knees",
    Shot.FULL_BODY: "whole body", Shot.NO_PERSON: "no person", "profile_left": "profile, left", "left": "left",
    "ahead": "ahead", "right": "right", "profile_right": "profile, right", "up": "up", "level": "level",
    "down": "down",
}  # fmt: skip
"""Kinds of pictures."""
