"""A caption server without a network: OpenAI's chat completions and models, in its own process, as wrong as told.

Tests say ``with captions() as server:``; people say ``python -m fake_captions --port 8090``, with this folder's parent
on the path. ``server.script`` tells each model what it does, call by call; ``server.requests`` says what came in.
"""

from fake_captions.running import FakeCaptions, captions

__all__ = ["FakeCaptions", "captions"]
