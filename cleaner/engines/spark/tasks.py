"""What a task of Spark does: read a call, make it, and write the answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from cleaner.engines.spark.values import dumps, failure, loads, thing_named
from cleaner.errors import CleanerError, UsageError

Chunk: TypeAlias = tuple[int, bytes]
"""A piece of a shuffle: who sent it, and its bytes."""


class Called:
    """Makes calls of one function in the working folder of the driver; the only thing of ours that is sent to tasks."""

    def __init__(self, function: str, folder: str) -> None:
        self.function, self.folder = function, folder

    def __call__(self, call: str) -> str:
        """Make one call; an error of ours is an answer, as trying again would not help."""
        try:
            return dumps(_ready(self.function, self.folder)(*loads(call)))
        except CleanerError as error:
            return failure(error)


class Sending:
    """Makes calls that yield (part, bytes), the first step of a shuffle."""

    def __init__(self, function: str, folder: str) -> None:
        self.function, self.folder = function, folder

    def __call__(self, numbered: tuple[int, str]) -> Iterator[tuple[int, Chunk]]:
        """Yield what each part is sent, with the number of the call."""
        number, call = numbered
        for part, data in _ready(self.function, self.folder)(*loads(call)):
            yield part, (number, bytes(data))


class Relaying:
    """Takes the chunks of one part in the order of their senders, and yields what is sent on."""

    def __init__(self, function: str, folder: str, arguments: str) -> None:
        self.function, self.folder, self.arguments = function, folder, arguments

    def __call__(self, part: int, received: Iterable[tuple[int, Chunk]]) -> Iterator[tuple[int, Chunk]]:
        """Yield (part, chunk) of the next step."""
        function = _ready(self.function, self.folder)
        for target, data in function(part, in_order(received), *loads(self.arguments)):
            yield target, (part, bytes(data))


class Receiving:
    """Takes the chunks of one part in the order of their senders, and yields one answer: the last step."""

    def __init__(self, function: str, folder: str, arguments: str) -> None:
        self.function, self.folder, self.arguments = function, folder, arguments

    def __call__(self, part: int, received: Iterable[tuple[int, Chunk]]) -> Iterator[str]:
        """Yield the answer of the part."""
        try:
            function = _ready(self.function, self.folder)
            yield dumps(function(part, in_order(received), *loads(self.arguments)))
        except CleanerError as error:
            yield failure(error)


def in_order(received: Iterable[tuple[int, Chunk]]) -> list[Chunk]:
    """Return the chunks by sender; a sender has at most one for each part."""
    return sorted((chunk for _, chunk in received), key=lambda chunk: chunk[0])


def _ready(function: str, folder: str) -> Callable[..., Any]:
    """Return the function of a name, in the working folder of the driver, where relative paths are right."""
    if os.getcwd() != folder:  # noqa: PTH109
        try:
            os.chdir(folder)
        except OSError as error:
            message = (
                f"{folder} cannot be entered where a task runs ({error.strerror}): all machines must see it"
            )
            raise UsageError(message) from None
    made: Callable[..., Any] = thing_named(function)
    return made
