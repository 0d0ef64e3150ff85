"""Judge the data of a rule file: the closed schema first, then what no schema can express.

Every fault is collected; there is no guessing and no repair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cleaner.rules.faults import Fault, did_you_mean
from cleaner.rules.files import schema
from cleaner.rules.files.source import Path, Source

_MODELS: dict[str, type[BaseModel]] = {
    "match": schema.MatcherModel,
    "unless": schema.MatcherModel,
    "any": schema.MatcherModel,
    "all": schema.MatcherModel,
    "guard": schema.GuardModel,
    "fold": schema.FoldModel,
    "examples": schema.ExamplesModel,
    "rules": schema.RuleModel,
    "exceptions": schema.ExceptionModel,
}


def against_schema(
    source: Source, data: object, model: type[BaseModel], *, at: Path = (), known: Iterable[str] = ()
) -> list[Fault]:
    """Return the faults of `data` (at path `at` of the source) against a model."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [_fault(source, data, model, at, detail) for detail in error.errors(include_url=False)]
    return []


def _fault(source: Source, data: object, model: type[BaseModel], at: Path, detail: ErrorDetails) -> Fault:
    path = (*at, *detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    name = detail["loc"][-1] if detail["loc"] else ""
    if kind == "extra_forbidden":
        known = _keys(_model_at(model, detail["loc"][:-1]))
        return source.fault(
            path, "unknown-key", f"unknown key {name!r}{did_you_mean(str(name), known)}", key=True
        )
    if kind == "missing":
        return source.fault(path[:-1], "missing-key", f"the key {name!r} is missing", key=True)
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'|\b(\d+)\b", str(context.get("expected", "")))
        words = [word or number for word, number in choices]
        given = detail["input"]
        if isinstance(given, str) and given in words:
            return source.fault(path, "wrong-type", f"expected the number {given}: leave out the quotes")
        hint = did_you_mean(given, words) if isinstance(given, str) else ""
        return source.fault(path, "bad-value", f"{_shown(given)} is not one of {', '.join(words)}{hint}")
    if kind == "string_pattern_mismatch":
        return source.fault(path, "bad-value", f"{_shown(detail['input'])} {_PATTERNS[context['pattern']]}")
    if kind in _WANTED:
        hint = " (put it in quotes if it is text)" if kind == "string_type" else ""
        message = f"expected {_WANTED[kind]}, not {_kind_of(detail['input'], hint)}"
        return source.fault(path, "wrong-type", message)
    return source.fault(path, "bad-value", _range(kind, context, detail))


_WANTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}
_PATTERNS = {
    schema.ID: "is not a rule id: lower-case letters, digits and single hyphens",
    schema.PACK: "is not a pack name: lower-case letters, digits, single hyphens, / between parts",
    schema.RULE_ID: "is not a full rule id such as news/read-also",
    schema.LANGUAGE: "is not a language code of two or three lower-case letters",
}


def _range(kind: str, context: Mapping[str, Any], detail: ErrorDetails) -> str:
    given = detail["input"]
    if kind == "greater_than_equal":
        return f"{given} is below {context['ge']:g}"
    if kind == "less_than_equal":
        return f"{given} is above {context['le']:g}"
    if kind in ("string_too_short", "too_short"):
        return "must not be empty"
    if kind in ("string_too_long", "too_long"):
        return f"longer than {context['max_length']} characters"
    return str(detail["msg"]).removeprefix("Value error, ").lower()


def _kind_of(value: object, hint: str) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{str(value).lower()}{hint}"
    if isinstance(value, int | float):
        return f"the number {value}{hint}"
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"


def _shown(value: object) -> str:
    return repr(value if len(str(value)) <= 60 else str(value)[:57] + "...")


def _model_at(model: type[BaseModel], loc: Path | tuple[int | str, ...]) -> type[BaseModel]:
    for part in loc:
        if isinstance(part, str):
            model = _MODELS.get(part, model)
    return model


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def matcher_paths(data: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield (kind, path, value) for every entry of a matcher mapping that the schema has accepted.

    >>> list(matcher_paths({"any": [{"equals": "Share"}, {"regex": "^Print$"}]}, ()))
    [('equals', ('any', 0, 'equals'), 'Share'), ('regex', ('any', 1, 'regex'), '^Print$')]
    """
    for kind, value in data.items():
        if kind in ("any", "all"):
            for i, part in enumerate(value or ()):
                yield from matcher_paths(part, (*path, kind, i))
        elif isinstance(value, str):
            yield kind, (*path, kind), value
        else:
            for i, entry in enumerate(value or ()):
                yield kind, (*path, kind, i), entry
