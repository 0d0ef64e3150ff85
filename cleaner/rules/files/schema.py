"""The closed schema of a rule file, and its JSON Schema for editors.

These models judge data and are then thrown away: `cleaner.rules.files.build` makes the values that the
program works with. Defaults therefore live there, in one place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, LiteralString

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from cleaner.rules.rule import Action, Engine, Kind, Safety, Scope, StepNames

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PACK = r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$"
RULE_ID = r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$"
LANGUAGE = r"^[a-z]{2,3}$"


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _any_text(value: object) -> str:
    """Take any string: examples may hold lone surrogates, which pydantic does not take for text."""
    if not isinstance(value, str):
        kind: LiteralString = "string_type"
        raise PydanticCustomError(kind, kind)
    return value


NonEmpty = Annotated[str, Field(min_length=1, max_length=20_000)]
Texts = Annotated[
    list[NonEmpty],
    Field(min_length=1),
    BeforeValidator(_as_list, json_schema_input_type=NonEmpty | list[NonEmpty]),
]
ExampleTexts = Annotated[
    list[Annotated[object, PlainValidator(_any_text, json_schema_input_type=str)]],
    Field(min_length=1),
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
]
Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
JSONValue = None | bool | int | float | str | list[Any] | dict[str, Any]


class Closed(BaseModel):
    """A mapping that takes the keys named here and no other, and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MatcherModel(Closed):
    """What has to be there. Several keys: all must hold. A list: any entry may hold."""

    literal: Texts | None = Field(None, description="the whole line, without white space at its ends")
    prefix: Texts | None = Field(None, description="the line starts with this")
    suffix: Texts | None = Field(None, description="the line ends with this")
    contains: Texts | None = Field(None, description="stands anywhere in the line")
    regex: Texts | None = Field(
        None, description="matches anywhere in the line; see cleaner.rules.regex.syntax"
    )
    detector: NonEmpty | None = Field(None, description="the decision is code; options go under `with`")
    any: list[MatcherModel] | None = Field(None, min_length=1, description="one of these must hold")
    all: list[MatcherModel] | None = Field(None, min_length=1, description="each of these must hold")


class GuardModel(Closed):
    """Limits to the damage that a rule can do."""

    after: Fraction | None = Field(None, description="a match may start only after this part of the document")
    before: Fraction | None = Field(None, description="a match must end before this part of the document")
    max_cut: Fraction | None = Field(None, description="the largest part of the document to remove")
    max_lines: Count | None = Field(None, description="the largest number of lines to remove")
    max_hits: Count | None = Field(
        None, description="more lines of a document that match are left alone, all of them"
    )
    interrupts: bool | None = Field(None, description="true: only a line that interrupts a sentence")
    min_words: Count | None = Field(None, description="a line of fewer words is left alone")
    max_words: Count | None = Field(None, description="a line of more words is left alone")


class FoldModel(Closed):
    """What counts as equal."""

    case: bool | None = Field(None, description="letters that differ in case only (default true)")
    spaces: bool | None = Field(None, description="any run of white space and one space (default true)")
    nfkc: bool | None = Field(None, description="forms that NFKC makes equal (default false)")


class ExamplesModel(Closed):
    """Texts that run through the production matcher."""

    match: ExampleTexts = Field(description="texts that the rule matches")
    no_match: ExampleTexts = Field(description="texts that the rule leaves alone")


class PrecisionModel(Closed):
    """How often the flags of a rule meet what experts marked."""

    overlap: Fraction = Field(description="share of the flags that overlap a span marked by an expert")
    chance: Fraction = Field(description="the same share for spans of the same lengths at random places")
    flags: Count = Field(description="number of flags")


class MeasuredModel(Closed):
    """How often a rule was right on labelled texts."""

    n: Count = Field(description="number of different lines that it took")
    right: Fraction = Field(description="share of them that are furniture")


class RuleModel(Closed):
    """One rule."""

    id: Annotated[str, Field(pattern=ID, max_length=80)] = Field(description="never changes")
    description: NonEmpty = Field(description="what it removes or points at, in a few words")
    languages: list[Annotated[str, Field(pattern=LANGUAGE)]] | None = Field(
        None, min_length=1, description="languages of documents, as ISO 639 codes (default: all)"
    )
    profiles: list[Literal["article", "page"]] | None = Field(
        None, min_length=1, description="profiles of runs (default: all)"
    )
    scope: Scope = Field(
        description="what is matched: a line, a block of lines, a line that opens a tail or head"
    )
    match: MatcherModel = Field(description="what has to be there")
    unless: MatcherModel | None = Field(None, description="a match here vetoes the rule")
    guard: GuardModel | None = Field(None, description="limits to the damage")
    fold: FoldModel | None = Field(None, description="what counts as equal")
    action: Action | None = Field(None, description="may be left out only where code decides")
    replacement: str | None = Field(None, description=r"for action replace; \1 and \g<name> are groups")
    safety: Safety | None = Field(
        None, description="safe (default): applied; unsafe: only with --unsafe; review: only reported"
    )
    severity: Literal["info", "warn", "error"] | None = Field(None, description="of a flag (default warn)")
    message: NonEmpty | None = Field(None, description="message of a flag; default: the description")
    suggestion: NonEmpty | None = Field(None, description=r"better wording; \1 and \g<name> are groups")
    category: NonEmpty | None = Field(None, description="MQM category")
    rate_native_per_10k: Annotated[float, Field(ge=0)] | None = Field(
        None, description="measured hits in 10,000 sentences of native prose"
    )
    precision_mqm: PrecisionModel | None = Field(
        None, description="measured on texts in which experts marked errors of translation (MQM)"
    )
    precision: MeasuredModel | None = Field(
        None, description="measured on labelled texts; below .97 of 20 or more a rule is not safe"
    )
    prose_precision: MeasuredModel | None = Field(None, description="the same, of the lines of prose alone")
    class_: Kind | None = Field(
        None,
        alias="class",
        description="metadata: kept unless a run is given --metadata drop (default furniture)",
    )
    prose: bool | None = Field(
        None, description="true: may drop a line of prose that it does not cover; needs prose_precision"
    )
    alone: bool | None = Field(
        None,
        description="true: one or two words are enough, without furniture beside them; "
        "false: a line of any length needs furniture beside it, an edge, or a sentence that it interrupts",
    )
    formerly: list[Annotated[str, Field(pattern=RULE_ID)]] | None = Field(
        None, min_length=1, description="full ids that the rule once had"
    )
    engine: Engine | None = Field(
        None, description="linear (default), or backtrack: lookaround and backreferences, in bounded steps"
    )
    with_: dict[str, JSONValue] | None = Field(None, alias="with", description="options of a detector")
    corpus: bool | None = Field(
        None, description="true: the decision compares documents, so examples are not run one by one"
    )
    examples: ExamplesModel = Field(description="mandatory, both kinds; every load runs them")


class PackModel(Closed):
    """A rule file."""

    schema_: Literal[1] = Field(alias="schema", description="version of this schema")
    pack: Annotated[str, Field(pattern=PACK, max_length=80)] = Field(description="ids are PACK/ID")
    step: NonEmpty | None = Field(None, description="step that runs the rules")
    rules: list[RuleModel] = Field(min_length=1, description="the rules")


class ExceptionModel(Closed):
    """Something that a rule must leave alone."""

    rule: NonEmpty = Field(description="id of a rule, or a glob")
    document: NonEmpty | None = Field(None, description="glob over document keys; default: all")
    text: NonEmpty | None = Field(None, description="part of the text that the rule would change or flag")


class ConfigModel(Closed):
    """The part of `clean.yaml` about rules."""

    select: Texts | None = Field(None, description="globs of rule ids: only these are active")
    ignore: Texts | None = Field(None, description="globs of rule ids that are not active")
    rules: dict[str, dict[str, JSONValue]] | None = Field(
        None, description="changes by rule id: `severity: info`, `match.prefix: {add: [...], remove: [...]}`"
    )
    exceptions: list[ExceptionModel] | None = Field(None, description="what rules must leave alone")


def json_schema(steps: StepNames) -> dict[str, Any]:
    """Return the JSON Schema (draft-07) of a rule file.

    >>> json_schema(StepNames(("boilerplate",), {"drop": "boilerplate"}))["$schema"]
    'http://json-schema.org/draft-07/schema#'
    """
    schema = PackModel.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = schema.pop("$defs", {})
    by_action = ", ".join(f"{step} for {action}" for action, step in steps.by_action.items())
    schema["properties"]["step"] = {
        "description": f"step that runs the rules (default, by action: {by_action})",
        "enum": list(steps.names),
        "title": "Step",
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **_without_null(schema),
        "definitions": _without_null(definitions),
    }


def _without_null(node: Any) -> Any:
    """Drop `null` as a choice and as a default: an absent key is written by leaving it out."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _without_null(value) for key, value in node.items()}
    if node.get("default", ...) is None:
        del node["default"]
    choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del node["anyOf"]
        node = {**choices[0], **node}
    elif choices:
        node["anyOf"] = choices
    return node
