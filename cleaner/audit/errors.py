"""Errors of reading a finished run: it contradicts itself, or cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cleaner.errors import CleanerError


class RebuildError(CleanerError):
    """Output and audit trail do not fit each other."""


class NotKeptError(RebuildError):
    """An input that cannot be rebuilt because its bytes were not kept (`--no-raw`)."""


@contextmanager
def following(*more: type[Exception]) -> Iterator[None]:
    """Raise RebuildError where the files of a run cannot be read, as they were changed; `more` are further errors.

    >>> with following():
    ...     {}["doc"]
    Traceback (most recent call last):
    ...
    cleaner.audit.errors.RebuildError: the audit trail cannot be followed: it lacks 'doc'; ...
    """
    unreadable: tuple[type[Exception], ...] = (ValueError, TypeError, AttributeError, LookupError, *more)
    hint = "`clean verify` tells what was changed after the run"
    try:
        yield
    except KeyError as error:
        message = f"the audit trail cannot be followed: it lacks {error}; {hint}"
        raise RebuildError(message) from error
    except unreadable as error:
        message = f"the audit trail cannot be followed: {error}; {hint}"
        raise RebuildError(message) from error
