r"""Turn scraped, half-broken text into a clean corpus, and account for every character.

>>> from cleaner import clean_text
>>> clean_text("The ferry stays.\n\nAdvertisement\n")
'The ferry stays.\n'

`clean_text` returns the text alone. `Cleaner` returns a `Document` with its trail: every edit with its
rule, every flag, every fact; it also cleans streams and batches of rows. `Deduplicator` finds the passages
that repeat another one among many rows, and `clean_corpus` is `clean run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.api.cleaning import Cleaner, clean_text
    from cleaner.api.corpus import CleanedCorpus, clean_corpus
    from cleaner.api.deduplication import Deduplicator, Repeat
    from cleaner.errors import CleanerError, InterruptedRunError, LimitError, QuarantineError, UsageError
    from cleaner.model import Document, Edit, Fact, Flag, Revision
    from cleaner.settings import RuleSources, Settings

__all__ = [
    "CleanedCorpus",
    "Cleaner",
    "CleanerError",
    "Deduplicator",
    "Document",
    "Edit",
    "Fact",
    "Flag",
    "InterruptedRunError",
    "LimitError",
    "QuarantineError",
    "Repeat",
    "Revision",
    "RuleSources",
    "Settings",
    "UsageError",
    "clean_corpus",
    "clean_text",
]

_HOMES = {
    "CleanedCorpus": "api.corpus",
    "Cleaner": "api.cleaning",
    "CleanerError": "errors",
    "Deduplicator": "api.deduplication",
    "Document": "model",
    "Edit": "model",
    "Fact": "model",
    "Flag": "model",
    "InterruptedRunError": "errors",
    "LimitError": "errors",
    "QuarantineError": "errors",
    "Repeat": "api.deduplication",
    "Revision": "model",
    "RuleSources": "settings",
    "Settings": "settings",
    "UsageError": "errors",
    "clean_corpus": "api.corpus",
    "clean_text": "api.cleaning",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing before: `clean --help` needs none of it."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
