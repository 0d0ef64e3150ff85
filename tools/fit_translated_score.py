"""Fit the reference of `translated_score`: quantiles of the evidence in native news-like texts, by length.

    python tools/fit_translated_score.py NATIVE.jsonl.gz > cleaner/fitted/translated_score.json

NATIVE holds JSON Lines with a field `text`, English written by people. Texts that would get no score are
left out; the others are cut at paragraph ends into pieces of about each length. Only numbers come out.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from cleaner.model import Fact, Flag
from cleaner.pipeline import step_names
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge, read_packs
from cleaner.rules.ruleset import RuleSet
from cleaner.steps import Context
from cleaner.steps.translation import find
from cleaner.steps.translation.score import evidence, fingerprint

RULES = Path(__file__).parent.parent / "rules" / "translation"
LENGTHS = (100, 200, 400, 800, 1600)
QUANTILES = 100


def main() -> None:
    """Read the texts named on the command line and write the table to standard output."""
    context = Context(rules=translation_rules(), language="en")
    with gzip.open(Path(sys.argv[1]), "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    texts = [text for text in texts if _scored(text, context)]
    references = [{"words": length, **_quantiles(texts, length, context)} for length in LENGTHS]
    table = {"fitted_with": fingerprint(), "texts": len(texts), "references": references}
    json.dump(table, sys.stdout, indent=None, separators=(",", ":"))
    sys.stdout.write("\n")


def translation_rules() -> RuleSet:
    """Load the rules of the step for English, and no other pack."""
    packs, _ = read_packs([Folder(RULES, "built-in")], step_names())
    rules, _ = merge(packs)
    return RuleBook(tuple(rules)).select("translation", "en")


def _scored(text: str, context: Context) -> bool:
    facts = [finding for finding in find(text, context) if isinstance(finding, Fact)]
    return not any(fact.name == "translated_reason" and fact.value for fact in facts)


def _quantiles(texts: list[str], length: int, context: Context) -> dict[str, object]:
    values = sorted(
        evidence(piece, [finding for finding in find(piece, context) if isinstance(finding, Flag)])
        for text in texts
        for piece in pieces(text, length)
    )
    last = len(values) - 1
    chosen = [round(values[round(last * i / QUANTILES)], 3) for i in range(QUANTILES + 1)]
    return {"pieces": len(values), "quantiles": chosen}


def pieces(text: str, length: int) -> Iterator[str]:
    """Cut a text at line ends into pieces of `length` words or a little more; a shorter rest is left out."""
    lines: list[str] = []
    words = 0
    for line in text.split("\n"):
        lines.append(line)
        words += len(line.split())
        if words >= length:
            yield "\n".join(lines)
            lines, words = [], 0


if __name__ == "__main__":
    main()
