"""Networks in TensorFlow Lite files, alone (``.tflite``) or several in one archive (``.task``), run with LiteRT."""

from __future__ import annotations

import os
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from safelight.errors import CorruptWeightsError
from safelight.models.spec import ResolvedModel

Tensor = NDArray[np.float32]

_LARGEST_PART = 1 << 28
_KEPT = 4


def load_networks(model: ResolvedModel) -> TfliteNetworks:
    """Load all networks of a ``.tflite`` or ``.task`` file.

    Raises:
        CorruptWeightsError: the file is neither, or a network in it cannot be run.
    """
    path = model.paths[0]
    parts = _parts(path) if zipfile.is_zipfile(path) else {path.stem + ".tflite": path.read_bytes()}
    return TfliteNetworks(parts, str(path))


class _Ready:
    """An interpreter, and which tensors go in and out: to ask it takes as long as a small network."""

    def __init__(self, data: bytes) -> None:
        with _without_a_word():
            self.run = Interpreter(model_content=data, num_threads=1)
            self.run.allocate_tensors()
        self.takes: int = self.run.get_input_details()[0]["index"]
        self.gives: list[int] = [one["index"] for one in self.run.get_output_details()]


class TfliteNetworks:
    """The networks of one file by name, and what else lies beside them. Thread-safe.

    An interpreter serves one thread at a time; a second one is made when two threads ask at once; four of each
    network are kept. Each uses one thread of its own: networks this small gain nothing from more.
    """

    def __init__(self, parts: Mapping[str, bytes], name: str) -> None:
        """Take the files of an archive by their names; those that end in ``.tflite`` are networks.

        Raises:
            CorruptWeightsError: there is no network, or one that cannot be run.
        """
        self._name = name
        self._networks = {PurePosixPath(key).stem: data for key, data in parts.items() if key.endswith(".tflite")}
        self._others = {key: data for key, data in parts.items() if not key.endswith(".tflite")}
        self._lock = threading.Lock()
        self._idle: dict[str, list[_Ready]] = {key: [] for key in self._networks}
        if not self._networks:
            raise CorruptWeightsError(f"{name}: there is no network in it")
        for key in self._networks:
            self._idle[key].append(self._interpreter(key))
        self._interpreters = len(self._networks)
        self._bytes = sum(len(data) for data in self._networks.values())

    @property
    def weight_bytes(self) -> int:
        """Memory that the files and the weights of all interpreters take, in bytes."""
        copies = 1 + max(1, self._interpreters // len(self._networks))
        return self._bytes * copies

    def run(self, network: str, values: Tensor) -> tuple[Tensor, ...]:
        """Run one network on its only input; gives all outputs in the order of its file.

        Args:
            network: name of its file without the suffix.
            values: float32 of exactly the shape that the network asks for.

        Raises:
            CorruptWeightsError: there is no such network in the file.
        """
        with self._borrowed(network) as interpreter:
            interpreter.run.set_tensor(interpreter.takes, values)
            interpreter.run.invoke()
            return tuple(interpreter.run.get_tensor(index) for index in interpreter.gives)

    def companion(self, name: str) -> bytes:
        """Give a file of the archive that is no network.

        Raises:
            CorruptWeightsError: there is no such file.
        """
        if name not in self._others:
            raise CorruptWeightsError(f"{self._name}: the file {name} is not in it")
        return self._others[name]

    @contextmanager
    def _borrowed(self, network: str) -> Iterator[_Ready]:
        if network not in self._networks:
            raise CorruptWeightsError(f"{self._name}: the network {network} is not in it")
        with self._lock:
            idle = self._idle[network]
            found = idle.pop() if idle else None
            self._interpreters += found is None
        interpreter = found or self._interpreter(network)
        try:
            yield interpreter
        finally:
            with self._lock:
                if len(idle) < _KEPT:
                    idle.append(interpreter)
                else:
                    self._interpreters -= 1

    def _interpreter(self, network: str) -> _Ready:
        try:
            return _Ready(self._networks[network])
        except (ValueError, RuntimeError) as error:
            raise CorruptWeightsError(f"{self._name}: the network {network} cannot be run: {error}") from error


_ONE_AT_A_TIME = threading.Lock()
"""stderr is the process's: two threads that took it at once would not give it back."""
_DELEGATE = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"


@contextmanager
def _without_a_word() -> Iterator[None]:
    """Leave out of stderr what LiteRT says of its delegate, which no setting turns off; all else is passed on."""
    with _ONE_AT_A_TIME, _stderr() as real, tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(real, 2)
            said.seek(0)
            if rest := said.read().replace(_DELEGATE, b""):
                os.write(real, rest)


@contextmanager
def _stderr() -> Iterator[int]:
    """Lend a second handle on stderr, or on nothing where the process has none."""
    try:
        real = os.dup(2)
    except OSError:
        real = os.open(os.devnull, os.O_WRONLY)
    try:
        yield real
    finally:
        os.close(real)


def _parts(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if any(entry.file_size > _LARGEST_PART for entry in archive.infolist()):
                raise CorruptWeightsError(f"{path}: a file in it is larger than any network that is known here")
            return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise CorruptWeightsError(f"{path}: the archive is damaged: {error}") from error
