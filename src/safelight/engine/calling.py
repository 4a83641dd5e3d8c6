"""Processes that call a function by its name, so that only they import its module."""

from __future__ import annotations

from importlib import import_module
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any


def call(path: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the function that is named gives
    """Call the function that ``module:function`` names: its module is imported in this process only."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)(*arguments)


def begin(context: SpawnContext, path: str, *arguments: object) -> BaseProcess:
    """Start a process that calls the function that ``module:function`` names."""
    process = context.Process(target=call, args=(path, *arguments), name=path)
    process.start()
    return process
