"""Bodies of the type multipart/form-data, taken apart as they come in."""

from __future__ import annotations

from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from safelight.errors import BadRequestError

_MOST_HEADERS = 16 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The beginning of a part."""

    field: str
    """Name of its field."""
    file: str | None
    """Name of its file as the client tells it; None if it is no file."""


class End:
    """The end of a part."""


def is_form(content_type: str) -> bool:
    """Whether a body of this type is taken apart here; whoever asks before :class:`Form` does gets the same answer."""
    kind, _ = parse_options_header(content_type)
    return kind == b"multipart/form-data"


class Form:
    """Takes a body apart: after each :meth:`feed`, :meth:`take` gives what was in it."""

    def __init__(self, content_type: str) -> None:
        """Take the type of the content, which names the boundary between the parts.

        Raises:
            BadRequestError: it is not multipart/form-data, or names none.
        """
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data":
            raise BadRequestError("the request has no form", hint="send it as multipart/form-data")
        if not options.get(b"boundary"):
            raise BadRequestError("the form has no boundary between its parts")
        self.complete = False
        self._found: list[Part | bytes | End] = []
        self._name, self._value, self._headers = bytearray(), bytearray(), dict[bytes, bytes]()
        self._size = 0
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._start,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._finish,
                },
            )
        except FormParserError as error:
            raise BadRequestError("the boundary between the parts of the form is too long") from error

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            BadRequestError: it is not built as a form is.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise BadRequestError("the form is not built as it should be") from error

    def take(self) -> list[Part | bytes | End]:
        """Give what has come in since the last time, in its order."""
        found, self._found = self._found, []
        return found

    def _begin(self) -> None:
        self._headers, self._size = {}, 0

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _start(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition"))
        field = options.get(b"name")
        if kind != b"form-data" or not field:
            raise BadRequestError("a part of the form has no name")
        file = options.get(b"filename")
        self._found.append(Part(field=_text(field), file=None if file is None else _text(file)))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._found.append(data[start:end])

    def _end(self) -> None:
        self._found.append(End())

    def _finish(self) -> None:
        self.complete = True

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > _MOST_HEADERS:
            raise BadRequestError("a part of the form has too long headers")


def _text(data: bytes) -> str:
    """UTF-8, as every browser sends it; otherwise what old programs send."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
