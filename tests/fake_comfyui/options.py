"""What a fake ComfyUI can be told to do, at its start and while it runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields


@dataclass(kw_only=True)
class Options:
    """All that can be told; numbers of times count down as they are used up."""

    step_seconds: float = 0.0
    """Time of one step of KSampler."""
    node_seconds: float = 0.0
    """Time that every prompt takes before its first node does something."""
    previews: bool = True
    """Send a small picture with every step."""
    checkpoints: list[str] = field(default_factory=lambda: ["sd15.safetensors", "sdxl.safetensors"])
    """What CheckpointLoaderSimple offers."""
    missing_nodes: list[str] = field(default_factory=list)
    """Classes of nodes that are not installed."""
    old: bool = False
    """Be a server of the first years: own prompt ids, no jobs, /interrupt stops whatever runs."""
    no_jobs: bool = False
    """Be a server from between, as 0.3.64 was seen to be: takes any prompt id and stops one prompt, but has no
    /api/jobs, calls a missing node an invalid prompt, and notices a missing upscale model only when it runs."""

    http_delay: float = 0.0
    """Seconds before anything is answered."""
    fail_http: float = 0
    """So many requests that come next answer 500; below 1, this share of all."""
    lose_answer: int = 0
    """So many requests that come next are done, but their connection is cut before the answer."""
    fault_path: str = ""
    """``fail_http``, ``lose_answer`` and ``http_delay`` are for paths that begin so alone, as ``/prompt``; without the
    ``/api`` that may be before, so ``/jobs`` is for ``/api/jobs``."""
    refuse_pictures: bool = False
    """Uploads answer 400."""
    stall_view: bool = False
    """/view begins to answer and never goes on."""
    huge_view: bool = False
    """/view never ends to send."""
    bad_picture: bool = False
    """/view sends what is no picture."""
    cut_view: bool = False
    """/view cuts the connection in the middle of the picture."""

    silent_socket: bool = False
    """WebSockets hear nothing after the first status."""
    no_socket: bool = False
    """WebSockets are refused."""
    cut_sockets: int = 0
    """After so many more frames all WebSockets are closed (0 = never)."""
    odd_frames: bool = False
    """With every step, WebSockets also hear what extensions of the real one say: unknown events, texts, nothing."""

    stop_delay: float = 0.0
    """Seconds that a node goes on although it is to stop, as an upscale model does to the end of a tile."""
    zombie: bool = False
    """The executor stands still, for good or until this is false again; HTTP lives."""
    execution_error: int = 0
    """So many prompts that come next raise in their KSampler, or else in their last node."""
    error_type: str = "RuntimeError"
    """``exception_type`` of these."""
    error_message: str = "CUDA error: an illegal memory access was encountered"
    """``exception_message`` of these."""
    blocked: int = 0
    """So many prompts that come next tell that a side branch was blocked, and go on."""
    blocked_save: int = 0
    """So many prompts that come next succeed without a picture, as what saves it was blocked."""
    history_delay: float = 0.0
    """Seconds between the news of the end and the entry in the history."""
    lose_history: bool = False
    """Prompts that end get no entry in the history."""
    die_after_steps: int = 0
    """The process is gone after so many more steps of KSampler (0 = never)."""
    die_after_nodes: int = 0
    """The process is gone after so many more nodes."""
    die_after_prompts: int = 0
    """The process is gone when so many more prompts have told their success, before the last is in the history."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._share = 0.0

    def change(self, changes: Mapping[str, object]) -> None:
        """Change some; all or nothing. Raises ValueError for what does not exist or has the wrong type."""
        now = self.told()
        for name, value in changes.items():
            if name not in now:
                raise ValueError(f"there is no option {name}; there are {', '.join(sorted(now))}")
            number = isinstance(now[name], (int, float)) and not isinstance(now[name], bool)
            wanted: type | tuple[type, ...] = (int, float) if number else type(now[name])
            if not isinstance(value, wanted) or (number and isinstance(value, bool)):
                raise ValueError(f"{name} is {type(now[name]).__name__}, not {value!r}")
        with self._lock:
            for name, value in changes.items():
                setattr(self, name, value)

    def told(self) -> dict[str, object]:
        """All of them as they are now."""
        return asdict(self)

    def take(self, name: str) -> bool:
        """Use up one of a number of times; true if there was one."""
        with self._lock:
            left = getattr(self, name)
            if left >= 1:
                setattr(self, name, left - 1)
                return True
            return False

    def last(self, name: str) -> bool:
        """Use up one of a number of times; true if it was the last."""
        return self.take(name) and getattr(self, name) < 1

    def fails(self) -> bool:
        """Whether the request that comes now is to fail."""
        if self.take("fail_http"):
            return True
        with self._lock:
            self._share += self.fail_http
            if self._share < 1:
                return False
            self._share -= 1
            return True


NAMES = frozenset(one.name for one in fields(Options))
"""The names of all options."""
