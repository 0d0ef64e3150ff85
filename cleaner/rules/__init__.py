"""Rules: YAML that people extend, judged strictly, matched in linear time.

Imported lazily, as YAML, the schema and the matching engine are needed only where rules are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.rules.book import RuleBook
    from cleaner.rules.files.load import load_rules
    from cleaner.rules.rule import Rule
    from cleaner.rules.ruleset import Hit, RuleSet

__all__ = ["Hit", "Rule", "RuleBook", "RuleSet", "load_rules"]

_HOMES = {
    "Hit": "ruleset",
    "Rule": "rule",
    "RuleBook": "book",
    "RuleSet": "ruleset",
    "load_rules": "files.load",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
