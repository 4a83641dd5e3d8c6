"""The WebSocket of a ComfyUI server."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidHandshake, InvalidStatus, InvalidURI, WebSocketException

from safelight.comfyui.address import Address
from safelight.comfyui.frames import Frame, frame_of
from safelight.comfyui.line import Timeouts
from safelight.errors import ServerAwayError

_MOST_MESSAGE = 16 << 20
_WAITING = 8
_HELLO = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
# The library would log headers, and so the password in one of them.
_SILENT = logging.Logger("safelight.comfyui.listening", level=logging.CRITICAL + 1)


class _Connect(connect):
    """A connection that goes nowhere but where it was told to."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Take a redirect as what it is, a failure."""
        return exc


async def listened(address: Address, client_id: str, timeouts: Timeouts) -> AsyncGenerator[Frame]:
    """Give what a server says to a client, until it says goodbye.

    Raises:
        ServerAwayError: it cannot be connected to, broke off, or is silent for too long.
    """
    away = str(address)
    try:
        async with _Connect(
            address.socket(client_id),
            additional_headers=address.headers,
            user_agent_header=None,
            origin=None,
            compression=None,
            proxy=None,
            open_timeout=timeouts.connect_s,
            ping_interval=timeouts.ping_s,
            ping_timeout=timeouts.ping_s,
            close_timeout=1,
            max_size=_MOST_MESSAGE,
            max_queue=_WAITING,
            logger=_SILENT,
        ) as socket:
            # Must be the first that it hears, or it does not say whose previews it sends.
            await socket.send(_HELLO)
            async for message in socket:
                frame = frame_of(message)
                if frame is not None:
                    yield frame
    except InvalidStatus as error:
        status = error.response.status_code
        raise ServerAwayError(away, f"its WebSocket answered {status}") from error
    except (InvalidHandshake, InvalidURI) as error:
        raise ServerAwayError(away, "it has no WebSocket") from error
    except ConnectionClosedError as error:
        raise ServerAwayError(away, "its WebSocket broke off, or was silent for too long") from error
    except (OSError, WebSocketException) as error:
        raise ServerAwayError(away, "its WebSocket cannot be connected to") from error
