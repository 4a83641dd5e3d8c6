"""Uploads: forms with files, read as they come in. Files go to drafts in the store, never whole into memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from safelight.api.filenames import clean_name
from safelight.api.multipart import End, Form, Part
from safelight.errors import BadRequestError, SafelightError, StoreFullError, UploadTooLargeError
from safelight.imaging.measure import Measured, measure
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.failures import told

FILE_FIELDS = ("file", "files")
_MOST_FIELDS, _LONGEST_FIELD, _LONGEST_NAME = 64, 64 << 10, 64
_BLOCK = 1 << 20
"""Bytes of a file that are collected before a thread writes them: so the loop neither waits for disks nor hashes."""
_LOOK = 16 << 20
"""Bytes of a body after which the room that is left is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent."""

    draft: Path
    """Where it lies for now."""
    sha256: str
    """Hash of its content, in hexadecimal digits."""
    size: int
    """Bytes."""
    name: str
    """Its name, never a path."""
    measured: Measured | None
    """What its headers tell; None if it is no photo that is accepted."""
    error: SafelightError | None
    """Why it is not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a form held. Used as a ``with`` block it removes its drafts at the end; what was put in the store stays."""

    fields: Mapping[str, str]
    """Text by name of the field."""
    files: Sequence[Upload]
    """Files, in the order in which they were sent."""

    def discard(self) -> None:
        """Remove the drafts."""
        for file in self.files:
            file.draft.unlink(missing_ok=True)

    def __enter__(self) -> Received:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the drafts."""
        self.discard()


async def receive(
    request: Request,
    *,
    store: Store,
    settings: Settings,
    file_fields: Sequence[str] = FILE_FIELDS,
    max_files: int | None = None,
    lenient: bool = False,
) -> Received:
    """Read a form. A file that is no photo is given with its error, so that it does not stop the others.

    Args:
        request: whose body has not been read yet.
        store: where drafts are made.
        settings: the limits.
        file_fields: names of fields that hold files.
        max_files: how many files may be sent; None takes the limit for a batch.
        lenient: whether files in other fields are left out, and the last text of a field counts; else both are errors.

    Raises:
        BadRequestError: the request is no form, is not built as one, or broke off. No draft is left.
        UploadTooLargeError: a file, a field or their number is too large. No draft is left.
        StoreFullError: less would be free than has to be. No draft is left.
        DiskFullError: there is no room for the drafts. No draft is left.
        StoreError: the drafts cannot be written. No draft is left.
    """
    form = Form(request.headers.get("content-type", ""))
    most = settings.max_batch if max_files is None else max_files
    intake = _Intake(store, settings, frozenset(file_fields), most, lenient=lenient)
    try:
        await intake.check_length(request.headers.get("content-length", ""))
        async for data in request.stream():
            await intake.count(len(data))
            form.feed(data)
            for one in form.take():
                await intake.take(one)
        if not form.complete:
            raise BadRequestError("the form ends too early")
    except ClientDisconnect as error:
        intake.discard()
        raise BadRequestError("the connection broke off before the form was complete") from error
    except BaseException:
        intake.discard()
        raise
    return Received(fields=MappingProxyType(intake.fields), files=tuple(intake.files))


class _Draft:
    """A file that is being written; all methods may wait for the disk."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.size = 0
        self.waiting: list[bytes] = []
        self.waits = 0
        self._hash = hashlib.sha256()

    def write(self) -> None:
        """Bring what has been collected to the file."""
        data = b"".join(self.waiting)
        self.waiting, self.waits = [], 0
        self._hash.update(data)
        with told(self.name), self.path.open("ab") as file:
            file.write(data)

    def finish(self, max_pixels: int) -> Upload:
        """Write the rest and look at the headers."""
        self.write()
        measured, refused = None, None
        try:
            measured = measure(self.path, max_pixels=max_pixels, name=self.name)
        except SafelightError as error:
            refused = error
        return Upload(
            draft=self.path, sha256=self._hash.hexdigest(), size=self.size, name=self.name,
            measured=measured, error=refused,
        )  # fmt: skip


class _Intake:
    """Takes the parts of a form, within the limits."""

    def __init__(
        self, store: Store, settings: Settings, file_fields: frozenset[str], most_files: int, *, lenient: bool
    ) -> None:
        self.fields: dict[str, str] = {}
        self.files: list[Upload] = []
        self._store, self._file_fields, self._most_files = store, file_fields, most_files
        self._max_file, self._max_pixels = settings.max_upload_mb * 2**20, settings.max_input_pixels
        self._max_body = most_files * self._max_file + _MOST_FIELDS * _LONGEST_FIELD + (1 << 20)
        self._min_free = settings.min_free_mb * 2**20
        self._lenient = lenient
        self._body = self._looked = 0
        self._field = ""
        self._text: bytearray | None = None
        self._draft: _Draft | None = None
        self._chosen = False

    async def check_length(self, told_length: str) -> None:
        """Refuse a body at once that says that it is too long, or longer than there is room for."""
        known = told_length.isascii() and told_length.isdecimal()
        length = int(told_length.lstrip("0")[:20] or 0) if known else 0
        if length > self._max_body:
            raise UploadTooLargeError("more is sent than is allowed in one request")
        await run_in_threadpool(self._check_room, length)

    async def count(self, size: int) -> None:
        """Refuse a body that turns out to be too long, or fills the disk while it comes in."""
        self._body += size
        if self._body > self._max_body:
            raise UploadTooLargeError("more is sent than is allowed in one request")
        if self._body - self._looked >= _LOOK:
            self._looked = self._body
            await run_in_threadpool(self._check_room, 0)

    async def take(self, one: Part | bytes | End) -> None:
        """Take a part's beginning, some of its content, or its end."""
        if isinstance(one, Part):
            self._begin(one)
        elif isinstance(one, End):
            await self._end()
        elif self._draft is not None:
            await self._write(self._draft, one)
        elif self._text is not None:
            self._text += one
            if len(self._text) > _LONGEST_FIELD:
                raise UploadTooLargeError(f"the field {self._field!r} has more than {_LONGEST_FIELD >> 10} KB")

    def discard(self) -> None:
        """Remove all drafts."""
        paths = [file.draft for file in self.files]
        if self._draft is not None:
            paths.append(self._draft.path)
        for path in paths:
            path.unlink(missing_ok=True)

    def _begin(self, part: Part) -> None:
        self._field = part.field
        is_file = part.field in self._file_fields
        too_long = len(part.field) > _LONGEST_NAME
        if self._lenient and (too_long or (part.file is not None and not is_file)):
            return
        if too_long:
            raise BadRequestError("a field of the form has too long a name")
        if is_file != (part.file is not None):
            kind, other = ("a file", "a text") if is_file else ("a text", "a file")
            raise BadRequestError(f"the field {self._field!r} is {kind}, and {other} was sent")
        if part.file is None:
            again = part.field in self.fields
            if again and not self._lenient:
                raise BadRequestError(f"the field {self._field!r} was sent twice")
            if not again and len(self.fields) == _MOST_FIELDS:
                raise UploadTooLargeError(f"the form has more than {_MOST_FIELDS} fields")
            self._text = bytearray()
            return
        self._draft = _Draft(self._store.drafts.new(), clean_name(part.file))
        self._chosen = bool(part.file)

    async def _write(self, draft: _Draft, data: bytes) -> None:
        if not draft.size:
            self._check_count()
        draft.size += len(data)
        if draft.size > self._max_file:
            raise UploadTooLargeError(f"{draft.name}: the file has more than {self._max_file >> 20} MB")
        draft.waiting.append(data)
        draft.waits += len(data)
        if draft.waits >= _BLOCK:
            await run_in_threadpool(draft.write)

    async def _end(self) -> None:
        if self._text is not None:
            try:
                self.fields[self._field] = self._text.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadRequestError(f"the field {self._field!r} is not UTF-8") from error
            self._text = None
        elif self._draft is not None:
            # A browser sends an empty file without a name where none was chosen.
            if self._draft.size or self._chosen:
                self._check_count()
                self.files.append(await run_in_threadpool(self._draft.finish, self._max_pixels))
            self._draft = None

    def _check_room(self, coming: int) -> None:
        free = self._store.free_bytes()
        if free is not None and free - coming < self._min_free:
            raise StoreFullError(
                f"{free >> 20} MB are free where files are kept, {coming >> 20} MB are still to come, and "
                f"{self._min_free >> 20} MB have to stay free",
                hint="delete tasks, or make room on the disk",
            )

    def _check_count(self) -> None:
        if len(self.files) >= self._most_files:
            files = "one file" if self._most_files == 1 else f"{self._most_files} files"
            raise UploadTooLargeError(f"at most {files} may be sent in one request")
