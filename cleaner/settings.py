"""What a run is asked to do: one frozen value that goes to every worker and into `run.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cleaner.formats.format import Fields
from cleaner.rules.files.folders import CarriedFile
from cleaner.steps import STEPS, Profile


@dataclass(frozen=True, slots=True)
class RuleSources:
    """Where rules come from and which of them are active; paths as given.

    `metadata` says whether bylines, datelines and captions are kept: whether the rules of that class
    are active. `options` are (rule id, option, value) of rules whose decision is code; they win over
    rule files. `text` is the content of a configuration that is given as a value and not as a file, `packs`
    are rule files that are: other programs have no files. `carried` are the files of the user, the project and
    the command line with their contents, and `text_name` is what the file of `text` is called, for machines that
    do not see these files. With a `digest` only rules of that digest are taken.
    """

    config: str | None = None
    text: str | None = None
    folders: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    metadata: Literal["keep", "drop"] = "keep"
    isolated: bool = False
    options: tuple[tuple[str, str, float | str | tuple[str, ...]], ...] = ()
    carried: tuple[CarriedFile, ...] = ()
    text_name: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be lost before somebody should look.

    `article` and `page` are the shares of a run's characters that rules may remove, by profile.
    Documents that keep fewer than `min_words` words, or whose `translated_score` is above the one
    given, are set aside in `OUT/_clean/aside`; None and 0 switch that off. With `beyond: drop` no
    text file is made of them: the audit trail alone holds them. A document of more than `document_bytes`
    bytes is quarantined before it is read: the memory of a worker is many times that.
    """

    article: float = 0.5
    page: float = 0.9
    min_words: int = 0
    translated_score: float | None = None
    document_bytes: int = 16 << 20
    beyond: Literal["aside", "drop"] = "aside"


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of a run as far as it decides about the output.

    `keep_raw` keeps the bytes of inputs that are not text, so that they can be restored; `compress_trail`
    compresses what is written of the trail.
    """

    steps: tuple[str, ...] = tuple(step.name for step in STEPS)
    profile: Profile = "article"
    rules: RuleSources = field(default_factory=RuleSources)
    fields: Fields = field(default_factory=Fields)
    against: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    keep_raw: bool = True
    compress_trail: bool = False
