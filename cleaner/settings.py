"""What a run is asked to do: one frozen value that goes to every worker and into `run.json`."""

from __future__ import annotations

from dataclasses import dataclass, field

from cleaner.corpus.entry import Fields
from cleaner.steps import STEPS, Profile


@dataclass(frozen=True, slots=True)
class RuleSources:
    """Where rules come from and which of them are active; paths as given."""

    config: str | None = None
    folders: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of a run as far as it decides about the output.

    `max_removed` is the share of the run's characters that rules may remove before the corpus is
    withheld, None for the profile's own; `keep_raw` keeps inputs that cannot be rebuilt.
    """

    steps: tuple[str, ...] = tuple(step.name for step in STEPS)
    profile: Profile = "article"
    rules: RuleSources = field(default_factory=RuleSources)
    fields: Fields = field(default_factory=Fields)
    against: tuple[str, ...] = ()
    max_removed: float | None = None
    keep_raw: bool = True
