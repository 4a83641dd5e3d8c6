"""A ComfyUI without networks: real HTTP and WebSocket, in a process of its own, as wrong as it is told to be.

Tests say ``with comfyui(step_seconds=0.1) as server:``; people say ``python -m fake_comfyui --port 8188``, with this
folder's parent on the path. ``options.py`` lists what can be told, at the start or later over ``POST /_control``.
``GET /_stats`` says what was done. Prompts that it can run are in ``workflows.py``, and ``looks.py`` has the sums that
say what a picture must look like.
"""

from fake_comfyui.running import FakeComfyUI, comfyui

__all__ = ["FakeComfyUI", "comfyui"]
