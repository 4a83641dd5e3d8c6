"""Trying out a caption server, for the page where it is set."""

from __future__ import annotations

from dataclasses import dataclass

from safelight.datasets.vision.endpoint import Endpoint, Judge
from safelight.datasets.vision.failure import CallError
from safelight.datasets.vision.line import Line
from safelight.errors import SafelightError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of it."""

    ok: bool
    """Whether it can be used."""
    models: tuple[str, ...]
    """The models that it tells of."""
    words: str
    """The same for people."""


def test_connection(endpoint: Endpoint, key: str, judge: Judge | None) -> Checked:
    """Ask a caption server for its list of models; no picture is sent. It never fails: what went wrong is in words."""
    line = Line(endpoint.model_copy(update={"timeout_s": min(endpoint.timeout_s, 15.0)}), key, judge, None)
    try:
        models = line.models()
    except CallError as failure:
        return Checked(ok=False, models=(), words=f"{endpoint.host}: {failure.words}")
    except SafelightError as error:
        return Checked(ok=False, models=(), words=str(error))
    finally:
        line.close()
    # Some servers list a model with its tag, and take it without.
    known = {*models, *(name.removesuffix(":latest") for name in models)}
    missing = [name for name in endpoint.models if name not in known]
    if len(missing) == len(endpoint.models):
        return Checked(
            ok=False, models=models, words=f"{endpoint.host} answers, but does not list {', '.join(missing)}"
        )
    words = f"{endpoint.host} answers, and lists {len(models)} models"
    return Checked(ok=True, models=models, words=f"{words}, but not {', '.join(missing)}" if missing else words)


test_connection.__test__ = False  # type: ignore[attr-defined] # it is no test
