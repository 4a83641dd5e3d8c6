"""Ids in addresses; one that is none of ours is simply not found."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

TaskId = Annotated[str, Path(description="Id of the task.")]
BatchId = Annotated[str, Path(description="Id of the batch.")]
PhotoId = Annotated[str, Path(description="Id of the uploaded photo.")]
UserId = Annotated[str, Path(description="The user.")]
