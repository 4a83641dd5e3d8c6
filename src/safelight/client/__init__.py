"""A client of the service, for the back ends of apps.

>>> from safelight.client import Safelight
>>> with Safelight("http://127.0.0.1:8000", user="ada") as safelight:  # doctest: +SKIP
...     task = safelight.wait(safelight.transform("https://photos.example/ada.jpg", "clay").task_id)
...     safelight.download(task, "ada.png")
"""

from safelight.client.asynchronous import AsyncSafelight
from safelight.client.blocking import Safelight
from safelight.client.errors import ClientError, SafelightApiError, TaskFailedError, UnreachableError
from safelight.client.values import Batch, Event, Health, Status, Style, SubTask, Task

__all__ = [
    "AsyncSafelight",
    "Batch",
    "ClientError",
    "Event",
    "Health",
    "Safelight",
    "SafelightApiError",
    "Status",
    "Style",
    "SubTask",
    "Task",
    "TaskFailedError",
    "UnreachableError",
]
