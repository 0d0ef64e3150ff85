"""The steps, in their fixed order, and what a step is given to look at.

A step is one module here with a `find`, and one line in `STEPS`. It never changes text: it yields
edits, flags and facts. A step that has to see the whole corpus first also has a `digest` of one
shard and a `combine` of all digests; what `combine` made for a document reaches `find` as
`Context.corpus`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cleaner.errors import UsageError
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


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name is that of its module.

    `scope` says what it works on: `text` steps run in turn until none of them changes anything,
    `flags` steps then look at the result, `corpus` steps need the digests of all documents.
    With `by_language` the language of the document decides which rules apply.
    """

    name: str
    scope: Literal["text", "flags", "corpus"] = "text"
    by_language: bool = True

    def find(self, text: str, context: Context) -> Iterator[Finding]:
        """Propose edits, flags and facts for one text; the module is imported at first use."""
        found: Iterator[Finding] = import_module(f"cleaner.steps.{self.name}").find(text, context)
        return found


STEPS = (
    Step("encoding", by_language=False),
    Step("linebreaks"),
    Step("boilerplate"),
    Step("translation", scope="flags"),
    Step("dedup", scope="corpus"),
)


def select(names: str | None) -> tuple[str, ...]:
    """Turn `a,b` into names of steps in their fixed order; None means all.

    >>> select("dedup,encoding")
    ('encoding', 'dedup')
    >>> select("encodings")
    Traceback (most recent call last):
    ...
    cleaner.errors.UsageError: there is no step 'encodings': encoding, linebreaks, boilerplate, translation, dedup
    """
    known = [step.name for step in STEPS]
    wanted = known if names is None else [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            message = f"there is no step {name!r}: {', '.join(known)}"
            raise UsageError(message)
    return tuple(name for name in known if name in wanted)
