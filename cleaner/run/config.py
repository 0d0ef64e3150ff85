"""The part of `clean.yaml` that is about the run: steps, profile and limits.

What it says about rules is read by `cleaner.rules.files.config`; the command line wins over both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, LiteralString

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from cleaner.rules.faults import Fault, RuleError
from cleaner.rules.files.check import against_schema
from cleaner.rules.files.config import KEYS
from cleaner.rules.files.folders import read_capped, shown
from cleaner.rules.files.schema import Closed
from cleaner.rules.files.source import parse
from cleaner.settings import Limits
from cleaner.steps import STEPS

Share = Annotated[float, Field(gt=0, le=1)]


def _step_name(value: str) -> str:
    """Refuse a step that is not in the one list of them, as pydantic refuses other words."""
    names = [step.name for step in STEPS]
    if value not in names:
        kind: LiteralString = "literal_error"
        raise PydanticCustomError(kind, kind, {"expected": ", ".join(map(repr, names))})
    return value


class LimitsModel(Closed):
    """What a run, or a document, may lose before it is held back."""

    article: Share | None = None
    page: Share | None = None
    min_words: Annotated[int, Field(ge=0)] | None = None
    translated_score: Annotated[float, Field(gt=0, le=100)] | None = None
    document_bytes: Annotated[int, Field(gt=0)] | None = None
    beyond: Literal["aside", "drop"] | None = None


class RunModel(Closed):
    """What `clean.yaml` says about the run."""

    steps: list[Annotated[str, AfterValidator(_step_name)]] | None = None
    profile: Literal["article", "page"] | None = None
    metadata: Literal["keep", "drop"] | None = None
    limits: LimitsModel | None = None


def read_run_config(path: Path) -> dict[str, Any]:
    """Return what a `clean.yaml` says about the run: some of `steps`, `profile`, `metadata` and `limits` (a `Limits`).

    Raises RuleError, a UsageError, with every fault and its place.
    """
    file = shown(path)
    try:
        content = read_capped(path)
    except OSError as error:
        raise RuleError([Fault(file, 1, 1, "unreadable", f"cannot be read: {error.strerror}")]) from None
    return run_config_of(file, content)


def run_config_of(file: str, content: bytes) -> dict[str, Any]:
    """Return what a configuration with this content says about the run; `file` is its name in messages."""
    source = parse(file, content)
    if source.faults:
        raise RuleError(source.faults)
    if source.data is None:
        return {}
    if not isinstance(source.data, dict):
        raise RuleError([source.fault((), "wrong-type", "the configuration is a mapping")])
    data = {key: value for key, value in source.data.items() if key not in KEYS}
    faults = against_schema(source, data, RunModel, known=KEYS)
    if faults:
        raise RuleError(faults)
    found: dict[str, Any] = {}
    if data.get("steps") is not None:
        found["steps"] = tuple(step.name for step in STEPS if step.name in data["steps"])
    if data.get("profile") is not None:
        found["profile"] = data["profile"]
    if data.get("metadata") is not None:
        found["metadata"] = data["metadata"]
    if data.get("limits") is not None:
        found["limits"] = Limits(**{key: value for key, value in data["limits"].items() if value is not None})
    return found
