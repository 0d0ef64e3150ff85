"""Proof that the similarity of a removed passage to the kept one is as stated and reaches the threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cleaner.audit.proof.claims import Claim
from cleaner.dedup.contamination.overlap import overlap
from cleaner.dedup.kernels.effort import INTERPRETED_BYTES, effort_of, interpreting_pays
from cleaner.dedup.minhash import jaccard, shingles
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.tokens import same_text, tokens

_BATCH = 300_000
"""Characters that are compared at once: few enough for the processor's cache."""
_EFFORT: Final = effort_of(__file__)


class Similarities:
    """Computes similarities again, many at a time, and compares them with the claims."""

    def __init__(self, parameters: Parameters, report: Callable[[str], None]) -> None:
        self._parameters, self._report = parameters, report
        self._waiting: list[Claim] = []
        self._pairs: list[tuple[str, str]] = []
        self._size, self._most = (
            0,
            INTERPRETED_BYTES,
        )  # whoever has more than that needs the compiled code at once

    def add(self, claim: Claim) -> None:
        """Take up a claim; what is found to be wrong may be reported later, at the latest by `flush`."""
        line = claim.line
        text, kept = line["text"], line["kept_text"]
        if text == kept:
            self._judge(claim, 1.0)
            return
        self._waiting.append(claim)
        self._pairs.append((text, kept))
        self._size += len(text) + len(kept)
        if self._size > self._most:
            self.flush()

    def flush(self) -> None:
        """Compare all pairs that wait."""
        values = similarities(self._pairs, self._parameters.shingle)
        for claim, value in zip(self._waiting, values, strict=True):
            self._judge(claim, value)
        self._waiting, self._pairs, self._size, self._most = [], [], 0, _BATCH

    def _judge(self, claim: Claim, value: float) -> None:
        """Report what is wrong with a claim, now that the similarity is known."""
        line, threshold = claim.line, self._parameters.threshold
        if line["similarity"] != value:
            self._report(
                f"{claim.place}: its similarity to the kept passage is {value}, not {line['similarity']}"
            )
        kind = line["kind"]
        if line["kept_corpus"] is not None and self._parameters.decontaminates:
            self._judge_overlap(claim)
        elif kind == "contained" and self._parameters.contained:
            if not _holds(line["kept_text"], line["text"]):
                self._report(f"{claim.place}: the kept passage does not contain it")
        elif value < threshold:
            self._report(f"{claim.place}: its similarity {value} is below the threshold {threshold}")
        elif kind != ("exact" if value == 1 and same_text(line["text"], line["kept_text"]) else "near"):
            self._report(f"{claim.place}: its kind is not {kind}")

    def _judge_overlap(self, claim: Claim) -> None:
        """Report what is wrong with a claim about a text of an evaluation set."""
        line, mode = claim.line, self._parameters.mode
        found = overlap(line["text"], line["kept_text"], self._parameters.words)
        if found is None:
            self._report(f"{claim.place}: it does not share {self._parameters.words} words in a row with it")
            return
        if line["shared"] != found.length:
            self._report(f"{claim.place}: it shares {found.length} tokens in a row, not {line['shared']}")
        kind = "contained" if found.whole else "overlap"
        if line["kind"] != kind or (kind == "overlap" and mode == "contained"):
            self._report(f"{claim.place}: its kind is not {line['kind']}")


def similarities(pairs: Sequence[tuple[str, str]], size: int) -> list[float]:
    """Return the exact Jaccard similarity of the shingles of the texts of each pair.

    >>> similarities([("a b c", "A, b, c!"), ("a b c", "a b d")], 2)
    [1.0, 0.3333333333333333]
    """
    if interpreting_pays(sum(len(first) + len(second) for first, second in pairs), _EFFORT, _kernels):
        return [jaccard(shingles(first, size=size), shingles(second, size=size)) for first, second in pairs]
    from cleaner.dedup.deciding.pairs import similarities as compiled

    return compiled(pairs, size)


def _kernels() -> Sequence[Callable[..., object]]:
    """Return the kernel that compares."""
    from cleaner.dedup.deciding import pairs

    return (pairs._similarities,)


def _holds(text: str, part: str) -> bool:
    """Tell whether the tokens of `part` are in a row among those of `text`."""
    return f" {' '.join(tokens(part))} " in f" {' '.join(tokens(text))} "
