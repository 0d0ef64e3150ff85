"""One family of errors, so that callers and the command line can tell ours from bugs."""

from __future__ import annotations


class CleanerError(Exception):
    """Something that the user can put right; the message says what, where, and what to do."""


class UsageError(CleanerError):
    """A wrong argument, configuration or rule: nothing was written (exit 2)."""


class QuarantineError(CleanerError):
    """A document that cannot be processed: it is set aside, counted and reported (exit 3)."""


class LimitError(CleanerError):
    """A run removed more than its limits allow: the corpus was not published (exit 4)."""


class InterruptedRunError(CleanerError):
    """A run ended before its time; `--resume` continues it (exit 130)."""
