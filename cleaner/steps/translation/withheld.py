"""Which rule is withheld where: the one table of exceptions by kind of line."""

from __future__ import annotations

from collections.abc import Mapping

NEVER = frozenset({"code", "table"})
_PROSE_ONLY = NEVER | {"verse", "heading", "list"}
_OWN_WORDS = NEVER | {"verse", "quotation"}

EXCEPTED: Mapping[str, frozenset[str]] = {
    "translation/broken-sentence": NEVER | {"verse", "list"},
    "translation/calque": _OWN_WORDS,
    "translation/dangling-function-word": NEVER | {"verse", "list"},
    "translation/doubled-function-word": NEVER | {"verse"},
    "translation/doubled-word": NEVER | {"verse"},
    "translation/looping-text": NEVER | {"verse", "list", "heading", "quotation"},
    "translation/fragment-participle": _PROSE_ONLY | {"quotation"},
    "translation/quote-orphan-line": frozenset({"code"}),
    "translation/spun-phrase": _OWN_WORDS,
    "translation/stem-repeat": _OWN_WORDS,
    "translation/title-article": _OWN_WORDS | {"heading"},
    "translation/untranslated-passage": _PROSE_ONLY | {"quotation"},
}
"""Kinds of lines (`masks.Kind`) and `quotation`, by rule; a rule not named is withheld in code and tables."""


def excepted(rule_id: str) -> frozenset[str]:
    """Return the kinds of places where a rule is withheld.

    >>> sorted(excepted("translation/some-new-rule"))
    ['code', 'table']
    """
    return EXCEPTED.get(rule_id, NEVER)
