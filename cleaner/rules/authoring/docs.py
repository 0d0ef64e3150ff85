"""Write `docs/rules.md`: every built-in rule with its examples, from the rules themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cleaner.rules.authoring.listing import matcher_text, measured_text
from cleaner.rules.regex import syntax
from cleaner.rules.rule import Rule

_HEAD = """# Built-in rules

Generated from the rule files by `make docs`; do not edit. Each example is run by the tests.
"""
_LONGEST = 400


def rules_markdown(rules: Sequence[Rule]) -> str:
    """Return the page for a set of rules, by pack and in the order of their files."""
    ordered = sorted(rules, key=lambda rule: rule.pack)
    packs = [(pack, list(group)) for pack, group in groupby(ordered, key=lambda rule: rule.pack)]
    contents = "\n".join(f"- [{pack}](#{_anchor(pack)}): {len(group)} rules" for pack, group in packs)
    parts = [_HEAD, contents + "\n"]
    for pack, group in packs:
        parts.append(f"## {pack}\n")
        parts += [_rule(rule) for rule in group]
    return "\n".join([*parts, f"## Regexes\n\n{_syntax()}\n"])


def _rule(rule: Rule) -> str:
    facts = [f"scope {rule.scope}", f"action {rule.action}", rule.safety]
    facts += [f"class {rule.kind}"] if rule.kind != "furniture" else []
    facts += [f"severity {rule.severity}"] if rule.action == "flag" else []
    facts += [f"languages {', '.join(rule.languages)}"] if rule.languages else []
    facts += [f"profile {', '.join(rule.profiles)}"] if rule.profiles else []
    facts += [f"MQM {rule.category}"] if rule.category else []
    if rule.rate_native_per_10k is not None:
        facts.append(f"{rule.rate_native_per_10k:g} in 10,000 native sentences")
    if rule.precision_mqm is not None:
        found = rule.precision_mqm
        share = f"{found.overlap:.2f} of {found.flags} flags on translations overlap an expert's mark"
        facts.append(f"{share} (chance {found.chance:.2f})")
    if rule.precision is not None:
        facts.append(measured_text(rule.precision, rule.prose_precision))
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


def reference_markdown() -> str:
    """Return the reference of rule files and of `clean.yaml`, from the schema that judges them.

    >>> "| `languages` |" in reference_markdown()
    True
    """
    from cleaner.rules.files import schema

    models = (
        ("A rule file", schema.PackModel),
        ("A rule", schema.RuleModel),
        ("match, unless", schema.MatcherModel),
        ("guard", schema.GuardModel),
        ("fold", schema.FoldModel),
        ("examples", schema.ExamplesModel),
        ("clean.yaml, the keys about rules", schema.ConfigModel),
        ("exceptions", schema.ExceptionModel),
    )
    parts = [
        "# Rule files\n\nGenerated from the schema: do not edit. The schema is closed; any other key is an error.\n"
    ]
    for title, model in models:
        doc = (model.__doc__ or "").strip().split("\n")[0]
        parts.append(f"## {title}\n\n{doc}\n\n| key | | |\n|---|---|---|")
        for name, field in model.model_fields.items():
            needed = "needed" if field.is_required() else ""
            parts.append(
                f"| `{field.alias or name}` | {needed} | {(field.description or '').replace('|', '/')} |"
            )
        parts.append("")
    return "\n".join([*parts, f"## Regexes\n\n{_syntax()}\n"])


def _syntax() -> str:
    return (syntax.__doc__ or "").split("\n", 2)[2].strip()
