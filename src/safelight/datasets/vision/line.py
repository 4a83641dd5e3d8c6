"""One question to a caption server, through OpenAI's own library, and what went wrong with it."""

from __future__ import annotations

import base64
import re
import ssl
import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from safelight.datasets.ledger import Ledger
from safelight.datasets.vision.endpoint import Endpoint, Judge
from safelight.datasets.vision.failure import CallError, Then

if TYPE_CHECKING:
    import openai

_MOST_WORDS = 300
_TOKENS, _TEMPERATURE = 1_024, 0.2
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_NO_MONEY = re.compile(r"insufficient_quota|billing|credit", re.IGNORECASE)
_PREFIX = re.compile(r"^Error code: \d+ - ")
_NOT_TAKEN = re.compile(r"max_tokens|temperature", re.IGNORECASE)


class Line:
    """Asks one caption server; safe to share between threads. The key is in nothing that it gives or raises."""

    def __init__(self, endpoint: Endpoint, key: str, judge: Judge | None, ledger: Ledger | None) -> None:
        """Take to whom and what is needed for it; nothing is sent yet."""
        self._endpoint = endpoint
        self._key = key
        self._client = _client(endpoint, key, judge, ledger)
        self._simple: set[str] = set()

    def ask(self, model: str, prompt: str, picture: bytes, *, item: str) -> str:
        """Ask a model about a JPEG; gives what it says, whatever that is.

        Raises:
            CallError: it says nothing.
            SafelightError: the address may not be reached, or the ledger cannot be written.
        """
        from safelight.datasets.vision.transport import CALL, Call

        token = CALL.set(Call(item=item, what="the picture, at most 1,024 pixels, and the prompt", model=model))
        try:
            return self._asked(model, prompt, picture)
        finally:
            CALL.reset(token)

    def models(self) -> tuple[str, ...]:
        """List the models that the server tells of. Nothing of the user's is sent. Raises as :meth:`ask` does."""
        import openai

        try:
            listed: object = self._client.models.list()
        except openai.APIError as error:
            raise self._failure(error) from None
        found = getattr(listed, "data", None)
        if not isinstance(found, list):
            raise CallError("what it answers is no list of models", Then.STOP)
        names = [getattr(one, "id", None) for one in found]
        return tuple(sorted(name[:200] for name in names if isinstance(name, str))[:1_000])

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _asked(self, model: str, prompt: str, picture: bytes) -> str:
        import openai

        url = f"data:image/jpeg;base64,{base64.b64encode(picture).decode('ascii')}"
        simple = model in self._simple
        try:
            answer: object = self._client.chat.completions.create(
                model=model,
                messages=[
                    {"role": "user", "content": [
                        {"type": "text", "text": prompt}, {"type": "image_url", "image_url": {"url": url}}
                    ]}
                ],
                max_tokens=openai.omit if simple else _TOKENS,
                temperature=openai.omit if simple else _TEMPERATURE,
            )  # fmt: skip
        except openai.BadRequestError as error:
            if not simple and _NOT_TAKEN.search(str(error)):
                # Some models take neither; they are asked without from now on.
                self._simple.add(model)
                raise CallError("it does not take a limit or a temperature", Then.AGAIN, after_s=0) from None
            raise self._failure(error) from None
        except openai.APIError as error:
            raise self._failure(error) from None
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise CallError("what it answers is not of OpenAI's form", Then.AGAIN) from error
        return _text_of(answer)

    def _failure(self, error: openai.APIError) -> CallError:
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._by_status(error)
        if isinstance(error, openai.APITimeoutError):
            return CallError(f"it does not answer within {self._endpoint.timeout_s:g} seconds", Then.AGAIN)
        if isinstance(error, openai.APIConnectionError):
            if _by_tls(error):
                return CallError("it cannot prove that it is this host, or speaks no TLS", Then.STOP)
            return CallError("it cannot be connected to, or broke off", Then.AGAIN)
        return CallError("what it answers is not of OpenAI's form", Then.AGAIN)

    def _by_status(self, error: openai.APIStatusError) -> CallError:
        status = error.status_code
        said = self._shown(_PREFIX.sub("", error.message))
        if status == HTTPStatus.UNAUTHORIZED:
            return CallError("it does not take the key (401)", Then.STOP)
        if 300 <= status < 400:
            return CallError(f"it answered {status}: it leads elsewhere, which is not followed", Then.STOP)
        if status == HTTPStatus.NOT_FOUND:
            return CallError(
                "it answered 404: it has no such model, or its address lacks a part such as /v1", Then.NEXT
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS and _NO_MONEY.search(said):
            return CallError(f"it answered 429: {said}", Then.NEXT)
        words = f"it answered {status}{_meaning(status)}{f': {said}' if said else ''}"
        if status in _AGAIN:
            return CallError(words, Then.AGAIN, after_s=_wait_of(error.response.headers.get("retry-after")))
        return CallError(words, Then.NEXT)

    def _shown(self, text: object) -> str:
        """What a server says, on one line, short, and without the key if it repeats it."""
        told = str(text).replace(self._key, "***") if self._key else str(text)
        if "<" in told and re.search(r"<\s*(?:!doctype|html|head|body|title)", told, re.IGNORECASE):
            return "a web page"
        line = " ".join("".join(sign if sign.isprintable() else " " for sign in told[: _MOST_WORDS * 4]).split())
        return line if len(line) <= _MOST_WORDS else f"{line[: _MOST_WORDS - 1]}…"


def _client(endpoint: Endpoint, key: str, judge: Judge | None, ledger: Ledger | None) -> openai.OpenAI:
    import httpx2
    import openai

    from safelight.datasets.vision.transport import GuardedTransport

    transport = GuardedTransport(endpoint, key, judge, ledger)
    return openai.OpenAI(
        # The key is put in on the way out, where nothing of the library can show it.
        api_key="none", base_url=endpoint.base_url, max_retries=0, timeout=endpoint.timeout_s,
        http_client=httpx2.Client(transport=transport, trust_env=False, follow_redirects=False),
    )  # fmt: skip


def _text_of(answer: object) -> str:
    """The text of an answer, in whatever of the forms that servers give it; a page or JSON of another kind has none."""
    if isinstance(answer, str):
        page = "a web page" if "<" in answer[:200] else "text"
        raise CallError(f"it answers {page} in place of JSON; its address may lack a part such as /v1", Then.NEXT)
    choices = getattr(answer, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise CallError("what it answers is not of OpenAI's form", Then.NEXT)
    message = getattr(choices[0], "message", None)
    if isinstance(getattr(message, "refusal", None), str):
        return "I'm sorry, I can't help with that."
    content = getattr(message, "content", None)
    return content if isinstance(content, str) else ""


def _wait_of(told: str | None) -> float | None:
    """Seconds of a Retry-After: a number, or a date."""
    if not told:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _by_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _meaning(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
