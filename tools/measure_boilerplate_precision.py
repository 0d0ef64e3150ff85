"""Measure how often each built-in rule of the boilerplate step is right, and write it into the rule files.

    python tools/measure_boilerplate_precision.py DATA [--write] [--list]

`DATA` holds folders of JSON Lines in gzip, `residue/*` (text that extractors produced) and `pages/*`
(whole pages as text), with the fields `id`, `text` and `y`: for every line 1 when it belongs to the
article, 0 when it is furniture, null when that is not known. A rule is right about a line that it takes
when its label is 0. What counts is what a rule proposes with the evidence that the step asks of it, on
its own, whatever other rules match on the same line; different lines of a page count once each, in
however many files they stand. Rules that are unsafe, under review or about metadata are measured too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cleaner.language import detect
from cleaner.lines import line_spans
from cleaner.pipeline import rule_book
from cleaner.protected import protect
from cleaner.rules import RuleBook
from cleaner.rules.rule import Rule
from cleaner.rules.ruleset import RuleSet
from cleaner.settings import RuleSources
from cleaner.steps.boilerplate.evidence import is_prose
from cleaner.steps.boilerplate.plan import allowed, proposals

PROJECT = Path(__file__).parent.parent
SAFE_PRECISION = 0.97
"""Share right below which a rule is not safe."""
SAFE_LINES = 20
"""Fewest lines for which that share is meaningful."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that a rule took: where, its text, its label."""

    rule: str
    page: str
    text: str
    label: int | None


def main() -> int:
    """Measure; write or list what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write the figures into the rule files")
    parser.add_argument("--list", action="store_true", help="list what was taken and is labelled as text")
    given = parser.parse_args()
    taken = set(observed(given.data))
    figures = measured(taken)
    for rule in active(rule_book(RuleSources(isolated=True))):
        _print(rule, figures.get(rule.id, {}))
    if given.list:
        for found in sorted(taken, key=lambda found: (found.rule, found.page)):
            if found.label == 1:
                sys.stdout.write(f"{found.rule}\t{found.page}\t{found.text[:200]}\n")
    if given.write:
        for path in sorted((PROJECT / "rules" / "boilerplate").glob("*.yaml")):
            path.write_text(written(path.read_text("utf-8"), figures), "utf-8")
    return 0


def active(book: RuleBook) -> list[Rule]:
    """Return the pattern rules of the step as ones that act, whatever their safety."""
    return [
        replace(rule, safety="safe")
        for rule in book.rules
        if rule.step == "boilerplate" and rule.is_pattern and rule.action != "flag"
    ]


def observed(data: Path) -> Iterator[Taken]:
    """Yield what every rule takes in every text of the data."""
    rules = active(rule_book(RuleSources(isolated=True)))
    sets: dict[str, RuleSet] = {}
    for path in sorted([*data.glob("residue/*.jsonl.gz"), *data.glob("pages/*.jsonl.gz")]):
        origin = path.name.split(".")[0]
        with gzip.open(path, "rt", encoding="utf-8") as items:
            for item in map(json.loads, items):
                language = detect(item["text"])
                if language not in sets:
                    sets[language] = RuleSet([rule for rule in rules if rule.speaks(language)])
                yield from _of_text(item, f"{origin}/{item['id']}", sets[language])


def _of_text(item: dict[str, Any], page: str, rules: RuleSet) -> Iterator[Taken]:
    text: str = item["text"]
    lines = line_spans(text)
    contents = [text[start:end] for start, end in lines]
    protected = partial(protect, text)
    found = list(proposals(rules.hits(text, lines), lines, contents, protected))
    for proposal in allowed(found, contents, protected):
        for k in proposal.taken:
            yield Taken(proposal.rule.id, page, contents[k].strip(), item["y"][k])


def measured(taken: set[Taken]) -> dict[str, dict[str, tuple[int, float]]]:
    """Count by rule: all lines, and those of prose; lines without a label do not count."""
    counts: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    for found in taken:
        if found.label is not None:
            for kind in ("precision", "prose_precision")[: 1 + is_prose(found.text)]:
                counts[found.rule][kind, found.label] += 1
    return {
        rule: {
            kind: (n, round(count[kind, 0] / n, 3))
            for kind in ("precision", "prose_precision")
            if (n := count[kind, 0] + count[kind, 1])
        }
        for rule, count in counts.items()
    }


def written(content: str, figures: dict[str, dict[str, tuple[int, float]]]) -> str:
    """Return a rule file with the figures of its rules, in place of older ones."""
    pack = re.search(r"^pack: (\S+)", content, re.MULTILINE)
    content = re.sub(r"^    (?:prose_)?precision: .*\n", "", content, flags=re.MULTILINE)
    parts = re.split(r"(?m)^(?=  - id: )", content)
    for i, part in enumerate(parts[1:], 1):
        name = re.match(r"  - id: (\S+)", part)
        found = figures.get(f"{pack[1] if pack else ''}/{name[1] if name else ''}", {})
        given = {"precision": found.get("precision", (0, 0.0))}
        if re.search(r"^    prose: true", part, re.MULTILINE):
            given["prose_precision"] = found.get("prose_precision", (0, 0.0))
        lines = "".join(f"    {kind}: {{n: {n}, right: {right:g}}}\n" for kind, (n, right) in given.items())
        if "detector:" not in part and "action: flag" not in part:
            parts[i] = re.sub(r"^    examples:", f"{lines}    examples:", part, count=1, flags=re.MULTILINE)
    return "".join(parts)


def _print(rule: Rule, found: dict[str, tuple[int, float]]) -> None:
    n, right = found.get("precision", (0, 0.0))
    low = "LOW" if n >= SAFE_LINES and right < SAFE_PRECISION else ""
    prose = "".join(f"  prose {n} {share:.3f}" for n, share in [found.get("prose_precision", (0, 0.0))] if n)
    sys.stdout.write(f"{rule.id:44} {n:6} {right:.3f} {low:4}{rule.safety:7}{rule.kind:10}{prose}\n")


if __name__ == "__main__":
    sys.exit(main())
