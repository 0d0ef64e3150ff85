r"""Turn scraped, half-broken text into a clean corpus, and account for every character.

>>> from cleaner import clean_text
>>> clean_text("The ferry stays.\n\nAdvertisement\n")
'The ferry stays.\n'

`clean_text` gives the text alone. `Cleaner` gives a `Document` with its trail: every edit with its
rule, every flag, every fact. Whole corpora are the business of the command line, `clean run`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.errors import CleanerError
    from cleaner.model import Document, Edit, Fact, Flag, Revision
    from cleaner.pipeline import Cleaner, clean_text
    from cleaner.settings import RuleSources, Settings

__all__ = [
    "Cleaner",
    "CleanerError",
    "Document",
    "Edit",
    "Fact",
    "Flag",
    "Revision",
    "RuleSources",
    "Settings",
    "clean_text",
]

_HOMES = {
    "Cleaner": "pipeline",
    "CleanerError": "errors",
    "Document": "model",
    "Edit": "model",
    "Fact": "model",
    "Flag": "model",
    "Revision": "model",
    "RuleSources": "settings",
    "Settings": "settings",
    "clean_text": "pipeline",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing before: `clean --help` needs none of it."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
