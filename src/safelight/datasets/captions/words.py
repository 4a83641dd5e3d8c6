"""What was measured, in words of a language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from safelight.datasets.captions.head import Direction, Gaze
from safelight.datasets.captions.light import Light
from safelight.datasets.dataset import Shot

if TYPE_CHECKING:
    from safelight.datasets.captions.measuring import Measured

_ASIDE = (Direction.AHEAD, Direction.LEFT, Direction.RIGHT)
_SIDES = (Light.FROM_LEFT, Light.FROM_RIGHT)
_KINDS = (Light.SOFT, Light.HARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language: the file ``words/LANGUAGE.toml``."""

    template: str
    """The usual caption, with ``{trigger}``, ``{class}`` and ``{caption}``."""
    between: str
    """What stands between parts of a caption."""
    pair: str
    """Two colours as one."""
    order: tuple[str, ...]
    """Names of what is said, in the order in which it is said."""
    phrases: Mapping[str, Mapping[str, str]]
    """By name of what is said, then by what was measured."""
    colours: Mapping[str, str]
    """Colours by their English names; those that are missing are called so."""

    def facts(self, measured: Measured) -> dict[str, str]:
        """Say all that was measured, by name, in order; what was not is not there."""
        said = {
            "shot": self._one("shot", None if measured.shot is Shot.NO_PERSON else measured.shot),
            "company": self._one("company", _company(measured)),
            "direction": self._one("direction", _direction(measured)),
            "tilt": self._one("tilt", measured.tilt),
            "expression": self._one("expression", measured.expression),
            "eyes": self._one("eyes", measured.eyes),
            "clothing": self._coloured("clothing", "worn", measured.clothes),
            "light": self._light(measured.light),
            "background": self._background(measured),
            "palette": self._one("palette", measured.palette),
        }
        return {name: said[name] for name in self.order if said[name]}

    def _one(self, name: str, code: str | None) -> str:
        return "" if code is None else self.phrases[name].get(code, "")

    def _light(self, light: tuple[Light, ...]) -> str:
        side = next((one for one in light if one in _SIDES), None)
        kind = next((one for one in light if one in _KINDS), None)
        codes: list[str] = [one for one in light if one not in (side, kind)]
        if side is not None and kind is not None:
            codes.insert(0, f"{kind}_{side}")
        return self.between.join(self.phrases["light"][code] for code in codes)

    def _background(self, measured: Measured) -> str:
        behind = measured.background
        if behind is None:
            return ""
        if behind.colours:
            return self._coloured("background", behind.ground or "other", behind.colours)
        return "" if behind.ground is None else self.phrases["background"][f"{behind.ground}_only"]

    def _coloured(self, name: str, code: str, colours: tuple[str, ...]) -> str:
        if not colours:
            return ""
        names = [self.colours.get(colour, colour) for colour in colours]
        return self.phrases[name][code].format(names[0] if len(names) == 1 else self.pair.format(*names))


@lru_cache(maxsize=8)
def words_of(language: str) -> Words:
    """Read the words of a language: ``english``, ``tags`` or ``chinese``."""
    text = (files("safelight.datasets.captions") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    phrases = {name: MappingProxyType(table) for name, table in told.items() if isinstance(table, dict)}
    return Words(
        template=told["template"], between=told["between"], pair=told["pair"], order=tuple(told["order"]),
        phrases=MappingProxyType(phrases), colours=phrases["colours"],
    )  # fmt: skip


def _company(measured: Measured) -> str:
    if measured.others == 0:
        return "" if measured.shot is Shot.NO_PERSON else "alone"
    return "one" if measured.others == 1 else "more"


def _direction(measured: Measured) -> str | None:
    if measured.direction is None:
        return None
    if measured.direction in _ASIDE and isinstance(measured.gaze, Gaze):
        return f"{measured.direction}_{measured.gaze}"
    return measured.direction
