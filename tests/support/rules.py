"""Rules for tests: the loaders of the package, with the steps that there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cleaner.pipeline import step_names
from cleaner.rules import RuleBook
from cleaner.rules.faults import Fault
from cleaner.rules.files import judge as _judge
from cleaner.rules.files import load as _load
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import BuiltIn, Sources
from cleaner.rules.files.pack import Pack
from cleaner.rules.rule import Layer


def load_rules(sources: Sources | None = None) -> RuleBook:
    """Load rules; without sources those of a run without configuration."""
    return _load.load_rules(sources or BuiltIn(), step_names())


def read_packs(folders: Iterable[Folder]) -> tuple[list[tuple[int, Pack]], list[Fault]]:
    """Read the rule files of folders."""
    return _load.read_packs(folders, step_names())


def validate(paths: Sequence[str]) -> list[Fault]:
    """Return the faults of the packs at the paths."""
    return _load.validate(paths, step_names())


def judge(file: str, layer: Layer, content: bytes) -> tuple[Pack | None, list[Fault]]:
    """Judge one rule file."""
    return _judge.judge(file, layer, content, step_names())
