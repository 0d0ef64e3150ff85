"""What is wrong with a finished run that is read: it does not fit itself, or cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cleaner.errors import CleanerError


class RebuildError(CleanerError):
    """Output and audit trail do not fit each other."""


class NotKeptError(RebuildError):
    """An input that only its own bytes could give back, and they were not kept (`--no-raw`)."""


@contextmanager
def following(*more: type[Exception]) -> Iterator[None]:
    """Raise RebuildError where what a run left cannot be read: it was changed since; `more` are further errors.

    >>> with following():
    ...     {}["doc"]
    Traceback (most recent call last):
    ...
    cleaner.audit.errors.RebuildError: the audit trail cannot be followed: it does not say 'doc'; ...
    """
    unreadable: tuple[type[Exception], ...] = (ValueError, TypeError, AttributeError, LookupError, *more)
    hint = "`clean verify` tells what was changed after the run"
    try:
        yield
    except KeyError as error:
        message = f"the audit trail cannot be followed: it does not say {error}; {hint}"
        raise RebuildError(message) from error
    except unreadable as error:
        message = f"the audit trail cannot be followed: {error}; {hint}"
        raise RebuildError(message) from error
