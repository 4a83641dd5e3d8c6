"""The layouts of training sets: which files a trainer reads, and what is in them."""

from __future__ import annotations

from safelight.datasets.layouts.ai_toolkit import AI_TOOLKIT
from safelight.datasets.layouts.imagefolder import IMAGEFOLDER
from safelight.datasets.layouts.kohya import KOHYA
from safelight.datasets.layouts.layout import Writer
from safelight.datasets.layouts.onetrainer import ONETRAINER
from safelight.datasets.settings import Layout

WRITERS: dict[Layout, Writer] = {one.layout: one for one in (KOHYA, ONETRAINER, AI_TOOLKIT, IMAGEFOLDER)}
"""Who writes each layout."""
