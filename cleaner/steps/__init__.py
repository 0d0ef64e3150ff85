"""The steps, in their fixed order, and what a step is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cleaner.model import Finding

if TYPE_CHECKING:
    from cleaner.rules import RuleSet

Profile: TypeAlias = Literal["article", "page"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may know besides the text.

    `rules` are the active rules of this step for the document's language; `corpus` is what the
    step's `combine` made for this document, None in a step that does not look at the corpus.
    """

    rules: RuleSet
    language: str = "und"
    profile: Profile = "article"
    key: str = ""
    source: str | None = None
    corpus: Any = None
