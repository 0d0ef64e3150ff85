"""Write `docs/rules.md`: every built-in rule with its examples, from the rules themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cleaner.rules import syntax
from cleaner.rules.listing import matcher_text
from cleaner.rules.rule import Rule

_HEAD = """# Built-in rules

Generated from the rule files by `make docs`; do not edit. Each example is run by the tests.
"""
_LONGEST = 400


def rules_markdown(rules: Sequence[Rule]) -> str:
    """Give the page for a set of rules, by pack and in the order of their files."""
    ordered = sorted(rules, key=lambda rule: rule.pack)
    packs = [(pack, list(group)) for pack, group in groupby(ordered, key=lambda rule: rule.pack)]
    contents = "\n".join(f"- [{pack}](#{_anchor(pack)}): {len(group)} rules" for pack, group in packs)
    parts = [_HEAD, contents + "\n"]
    for pack, group in packs:
        parts.append(f"## {pack}\n")
        parts += [_rule(rule) for rule in group]
    return "\n".join([*parts, _SYNTAX])


def _rule(rule: Rule) -> str:
    facts = [f"scope {rule.scope}", f"action {rule.action}", rule.safety]
    facts += [f"severity {rule.severity}"] if rule.action == "flag" else []
    facts += [f"languages {', '.join(rule.languages)}"] if rule.languages else []
    facts += [f"profile {', '.join(rule.profiles)}"] if rule.profiles else []
    facts += [f"MQM {rule.category}"] if rule.category else []
    if rule.rate_native_per_10k is not None:
        facts.append(f"{rule.rate_native_per_10k:g} in 10,000 native sentences")
    lines = [f"### {rule.id}\n", f"{rule.description}. *{'; '.join(facts)}*\n"]
    if rule.is_pattern:
        lines.append(f"Match: {_code(matcher_text(rule.match))}\n")
    if rule.unless is not None:
        lines.append(f"Unless: {_code(matcher_text(rule.unless))}\n")
    lines += [f"- matches {_code(text)}" for text in rule.examples.match]
    lines += [f"- leaves {_code(text)}" for text in rule.examples.no_match]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    r"""Put a text in backticks, in one line.

    >>> _code("a`b\nc")
    '``a`b⏎c``'
    """
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    shown = "".join(
        char if char.isprintable() else "⏎" if char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in shown
    )
    fence = "``" if "`" in shown else "`"
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _anchor(pack: str) -> str:
    return pack.replace("/", "")


_SYNTAX = f"## Regexes\n\n{(syntax.__doc__ or '').split(chr(10), 2)[2].strip()}\n"
