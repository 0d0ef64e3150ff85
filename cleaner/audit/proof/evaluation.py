"""Proof that what passages were removed for is in an evaluation set, at the place that the trail names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from cleaner.audit.proof.claims import Claim
from cleaner.errors import UsageError
from cleaner.steps.dedup.evaluation import evaluation
from cleaner.storage.places import is_address


class EvaluationTexts:
    """The texts of an evaluation set, by the document that each is in."""

    def __init__(self, name: str, texts: dict[str, list[str]], report: Callable[[str], None]) -> None:
        self._name, self._texts, self._report = name, texts, report

    def add(self, claim: Claim) -> None:
        """Report a claim about lines that the set does not have there."""
        line = claim.line
        start, end, text = line["kept_source_start"], line["kept_source_end"], line["kept_text"]
        texts = self._texts.get(line["kept_doc"], [])
        if end - start != len(text) or not any(one.startswith(text, start) for one in texts):
            self._report(f"{claim.place}: what it overlaps is not in {line['kept_doc']} of {self._name}")

    def look_up(self) -> None:
        """Report nothing more: each claim was looked up as it came."""


def texts_of(
    name: str, fields: Sequence[str], remote: Collection[str], report: Callable[[str], None]
) -> EvaluationTexts | None:
    """Return the texts of an evaluation set; None when it is not here. No address is asked unless it is in `remote`."""
    if is_address(name) and name not in remote:
        return None
    try:
        found = evaluation((name,), fields)
    except UsageError:
        return None
    texts: dict[str, list[str]] = {}
    for text in found.texts:
        texts.setdefault(text.doc, []).append(text.text)
    return EvaluationTexts(name, texts, report)
