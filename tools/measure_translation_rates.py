"""Measure how often each translation rule fires in native English, and write it into the rules.

    python tools/measure_translation_rates.py NATIVE.jsonl.gz

NATIVE holds JSON Lines with a field `text`. `rate_native_per_10k` of every rule of rules/translation that
applies to English becomes flags in 10,000 sentences, two digits after the point.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from cleaner.model import Flag
from cleaner.pipeline import step_names
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge, read_packs
from cleaner.rules.ruleset import RuleSet
from cleaner.steps import Context
from cleaner.steps.translation import find

RULES = Path(__file__).parent.parent / "rules" / "translation"
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+|\n+")


def main() -> None:
    """Measure on the file named on the command line."""
    rules = translation_rules()
    with gzip.open(Path(sys.argv[1]), "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    context = Context(rules=rules, language="en")
    hits = Counter(found.rule for text in texts for found in find(text, context) if isinstance(found, Flag))
    sentences = sum(bool(part.strip()) for text in texts for part in _SENTENCE_END.split(text))
    rates = {rule.name: 1e4 * hits[rule.id] / sentences for rule in rules.rules}
    for path in sorted(RULES.glob("*.yaml")):
        path.write_text(with_rates(path.read_text("utf-8"), rates), encoding="utf-8")


def translation_rules() -> RuleSet:
    """Load the rules of the step for English, and no other pack."""
    packs, _ = read_packs([Folder(RULES, "built-in")], step_names())
    rules, _ = merge(packs)
    return RuleBook(tuple(rules)).select("translation", "en")


def with_rates(text: str, rates: Mapping[str, float]) -> str:
    r"""Return a rule file with the rates of its rules, after the line of their severity.

    >>> print(with_rates("  - id: a\n    severity: warn\n    message: x", {"a": 0.16}))
      - id: a
        severity: warn
        rate_native_per_10k: 0.16
        message: x
    """
    lines: list[str] = []
    name = ""
    for line in text.split("\n"):
        if line.startswith("  - id: "):
            name = line[8:].strip()
        if line.startswith("    rate_native_per_10k:"):
            continue
        lines.append(line)
        if line.startswith("    severity:") and name in rates:
            lines.append(f"    rate_native_per_10k: {rates[name]:.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
