"""What no schema can express about a rule: keys that contradict each other, texts that can never match.

Each check yields (path inside the rule, code, message); `cleaner.rules.files.pack` turns them into faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from cleaner.rules.files.build import matcher_from_data
from cleaner.rules.files.check import matcher_paths
from cleaner.rules.files.source import Path
from cleaner.rules.matching import check_leaf, check_template
from cleaner.rules.pattern import tree_of
from cleaner.rules.regex.nodes import Alt, Edge, Group, Node, Seq
from cleaner.rules.regex.syntax import PatternError
from cleaner.rules.rule import Engine, Fold, Matcher

Remark: TypeAlias = tuple[Path, str, str]


def remarks(data: Mapping[str, Any]) -> Iterator[Remark]:
    """Yield what is wrong with a rule that the schema has accepted.

    >>> rule = {"action": "cut", "scope": "line", "match": {"prefix": "a"}, "replacement": "b",
    ...         "examples": {"match": ["a"], "no_match": ["b"]}}
    >>> list(remarks(rule))
    [(('replacement',), 'contradiction', 'only the action replace takes a replacement')]
    """
    yield from _keys(data)
    yield from _guard(data.get("guard") or {})
    yield from _examples(data["examples"])
    if data.get("prose") and data.get("prose_precision") is None:
        yield ("prose",), "missing-key", "a rule that takes prose states its measured prose_precision"
    codes = set()
    for name in ("match", "unless"):
        if data.get(name) is not None:
            for remark in matcher_remarks(data, name):
                codes.add(remark[1])
                yield remark
    if not codes:
        yield from _templates(data)
        yield from _bound(data)


def _keys(data: Mapping[str, Any]) -> Iterator[Remark]:
    action, scope, match = data.get("action"), data["scope"], data["match"]
    by_code = match.get("detector") is not None
    if action is None and not by_code:
        yield (), "missing-key", "the key 'action' is missing"
    if action is not None and (action == "join") != (scope == "join"):
        yield ("action",), "contradiction", f"action {action} and scope {scope}: join must be used with join"
    if scope == "join" and not by_code:
        yield ("match",), "contradiction", "scope join is decided by code: match: {detector: NAME}"
    if action == "replace" and data.get("replacement") is None and not by_code:
        yield ("action",), "contradiction", "the action replace needs a replacement"
    if action != "replace" and data.get("replacement") is not None:
        yield ("replacement",), "contradiction", "only the action replace takes a replacement"
    if data.get("with") is not None and not by_code:
        yield ("with",), "contradiction", "only a detector takes options: match: {detector: NAME}"
    if data.get("corpus") and not by_code:
        yield ("corpus",), "contradiction", "only a detector can compare documents: match: {detector: NAME}"
    if data.get("engine") == "backtrack" and not any(
        kind == "regex"
        for name in ("match", "unless")
        for kind, _, _ in matcher_paths(data.get(name) or {}, ())
    ):
        yield ("engine",), "contradiction", "engine backtrack is for regexes, and the rule has none"
    for name in ("languages", "profiles", "formerly"):
        for i, entry in _repeated(data.get(name) or []):
            yield (name, i), "duplicate-entry", f"{entry!r} is already in the list"


def _guard(guard: Mapping[str, Any]) -> Iterator[Remark]:
    for low, high in (("after", "before"), ("min_words", "max_words")):
        if guard.get(low) is not None and guard.get(high) is not None and guard[low] > guard[high]:
            yield ("guard", low), "contradiction", f"{low} {guard[low]} is above {high} {guard[high]}"
    if all(value is None for value in guard.values()) and guard:
        yield ("guard",), "empty", "a guard without a limit"


def _bound(data: Mapping[str, Any]) -> Iterator[Remark]:
    """Refuse a rule that drops a line of any length because of something somewhere in it."""
    drops = data["scope"] == "line" and data.get("action") == "drop" and data["match"].get("detector") is None
    if not drops or (data.get("guard") or {}).get("max_words") is not None:
        return
    if not is_anchored(matcher_from_data(data["match"]), _fold(data)):
        message = "drops lines of any length for a part of them: anchor it (^ or $), or set guard.max_words"
        yield ("match",), "unbounded-drop", message


def is_anchored(matcher: Matcher, fold: Fold) -> bool:
    """Tell whether a matcher is bound to a place in the line: its start, its end, or all of it.

    >>> is_anchored(Matcher("regex", ("^ads?",)), Fold()), is_anchored(Matcher("contains", ("Ad",)), Fold())
    (True, False)
    """
    if matcher.kind == "any":
        return all(is_anchored(part, fold) for part in matcher.parts)
    if matcher.kind == "all":
        return any(is_anchored(part, fold) for part in matcher.parts)
    if matcher.kind == "regex":
        return _has_an_end(tree_of(matcher, fold))
    return matcher.kind != "contains"


def _has_an_end(node: Node) -> bool:
    if isinstance(node, Alt):
        return all(map(_has_an_end, node.nodes))
    return _is_edge(node, "start") or _is_edge(node, "end")


def _is_edge(node: Node, kind: str) -> bool:
    """Tell whether a node is this end of the text, on every way through it."""
    match node:
        case Edge(kind=found):
            return found == kind
        case Group(inner):
            return _is_edge(inner, kind)
        case Alt(nodes):
            return all(_is_edge(part, kind) for part in nodes)
        case Seq(nodes):
            return _is_edge(nodes[0 if kind == "start" else -1], kind)
    return False


def _examples(examples: Mapping[str, Any]) -> Iterator[Remark]:
    kinds = {kind: _list(examples[kind]) for kind in ("match", "no_match")}
    for kind, texts in kinds.items():
        for i, text in _repeated(texts):
            yield ("examples", kind, i), "duplicate-entry", f"{text!r} is already in the list"
    for i, text in enumerate(kinds["no_match"]):
        if text in kinds["match"]:
            yield ("examples", "no_match", i), "contradiction", f"{text!r} is an example both ways"


def matcher_remarks(data: Mapping[str, Any], name: str) -> Iterator[Remark]:
    """Yield what is wrong with the matcher under `match` or `unless`, regardless of the rest of the rule."""
    match = data[name]
    given = [kind for kind, value in match.items() if value is not None]
    if not given:
        yield (name,), "empty", "a matcher needs one of literal, prefix, suffix, contains, regex, any, all"
    if match.get("detector") is not None and (len(given) > 1 or name == "unless"):
        yield (name, "detector"), "contradiction", "a detector decides alone: no other matcher beside it"
    yield from _nested(match, (name,))
    seen: set[tuple[Path, str, str]] = set()
    for kind, path, value in matcher_paths(match, (name,)):
        place = (path[:-1] if isinstance(path[-1], int) else path, kind, value)
        if place in seen:
            yield path, "duplicate-entry", f"{value!r} is already in the list"
        seen.add(place)
        yield from _text(data, kind, path, value)


def _nested(match: Mapping[str, Any], path: Path) -> Iterator[Remark]:
    for kind in ("any", "all"):
        for i, part in enumerate(match.get(kind) or ()):
            if not any(value is not None for value in part.values()):
                yield (
                    (*path, kind, i),
                    "empty",
                    "a matcher needs one of literal, prefix, suffix, contains, regex",
                )
            if part.get("detector") is not None:
                message = "a detector decides alone: no other matcher beside it"
                yield (*path, kind, i, "detector"), "contradiction", message
            yield from _nested(part, (*path, kind, i))


def _text(data: Mapping[str, Any], kind: str, path: Path, value: str) -> Iterator[Remark]:
    scope = data.get("scope") or "line"
    if kind == "detector":
        return
    if value.endswith("\n"):
        message = "ends with a newline, as `|` adds one: use single quotes or `|-`"
        yield path, "trailing-newline", message
        return
    if kind == "regex":
        try:
            check_leaf(
                Matcher("regex", (value,)),
                _fold(data),
                _engine(data),
                may_be_empty=path[0] == "unless",
            )
        except PatternError as error:
            yield path, "bad-regex", str(error)
        return
    if not value.strip():
        yield path, "never-matches", "must not be blank"
    elif "\n" in value and scope not in ("block", "document"):
        yield path, "never-matches", "holds a newline, and a line never does"
    elif kind in ("literal", "prefix") and value[0].isspace():
        yield path, "never-matches", f"starts with white space, and the {scope} is read without"
    elif kind in ("literal", "suffix") and value[-1].isspace():
        yield path, "never-matches", f"ends with white space, and the {scope} is read without"


def _templates(data: Mapping[str, Any]) -> Iterator[Remark]:
    for name in ("replacement", "suggestion"):
        if "\\" not in (data.get(name) or ""):
            continue
        try:
            check_template(data[name], matcher_from_data(data["match"]), _fold(data))
        except PatternError as error:
            yield (name,), "bad-template", str(error)


def _fold(data: Mapping[str, Any]) -> Fold:
    """Read what is folded; faults of that key itself are the schema's business."""
    given = data.get("fold")
    entries = given.items() if isinstance(given, dict) else ()
    return replace(
        Fold(), **{key: on for key, on in entries if key in Fold.__slots__ and isinstance(on, bool)}
    )


def _engine(data: Mapping[str, Any]) -> Engine:
    return "backtrack" if data.get("engine") == "backtrack" else "linear"


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _repeated(entries: list[str]) -> Iterator[tuple[int, str]]:
    seen: Counter[str] = Counter()
    for i, entry in enumerate(entries):
        seen[entry] += 1
        if seen[entry] == 2:
            yield i, entry
