"""From the tables of all shards to a plan: the only code that sees the whole corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.arrays import Tools
from cleaner.dedup.deciding.corpus import Fate, Pins, gather
from cleaner.dedup.deciding.layout import Pairs, laid_out
from cleaner.dedup.deciding.long_passages import remove_copies, remove_similar
from cleaner.dedup.kernels.effort import effort_of, interpreting_pays
from cleaner.dedup.parameters import KINDS, Parameters
from cleaner.dedup.plan import Plan, Statistics
from cleaner.dedup.table import Shard

if TYPE_CHECKING:
    from cleaner.dedup.archive import Earlier

_RUN, _REPEAT = KINDS.index("run"), KINDS.index("repeat")
_UNCOMPILED: Final = 32_000_000
"""Bytes of text from which kernels are compiled: for so many of articles deciding without them takes as long."""
_EFFORT: Final = effort_of(__file__, _UNCOMPILED)


def combine(
    shards: Sequence[Shard],
    parameters: Parameters,
    *,
    pins: Pins = frozenset(),
    against: Sequence[Earlier] = (),
    threads: int = 1,
) -> Plan:
    """Decide which passages are removed. Shards are in corpus order; `pins` (shard, passage) are always kept.

    In corpus order (with `keep` longest: by length, then in corpus order) a passage is removed if it is
    similar enough to one that is kept: the first such candidate is kept for it. Short passages are removed as
    part of a repeated run, or when they repeat the passage just before them. All passages of the
    earlier corpora in `against` are kept, and come first. `threads` affects only the time it takes.
    """
    tools = _tools(shards, parameters, against)
    corpus = gather(shards, parameters, pins, against, tools.originals)
    size = int(corpus.offset[-1])
    fate = Fate.of(size)
    outcome = remove_similar(corpus, parameters, fate, tools, threads)
    if parameters.exact or parameters.near:
        remove_copies(corpus, parameters, fate)
    columns = (corpus.doc, corpus.words, corpus.original, corpus.pinned, corpus.flags)
    if parameters.run:
        tools.runs(*columns, parameters.min_words, _RUN, fate.kept, fate.kind)
    if parameters.repeat:
        words = max(parameters.min_words, parameters.repeat_words), parameters.repeat_words
        tools.repeats(*columns, *words, _REPEAT, fate.kept, fate.kind)
    gone = np.flatnonzero(fate.kept >= 0)
    kept = _settle(fate.kept, fate.kept, gone)
    sizes = np.bincount(np.unique(kept, return_counts=True)[1] + 1) if gone.size else np.zeros(0, np.int64)
    earlier = corpus.offset[corpus.earlier]
    statistics = Statistics(
        passages=size - int(earlier),
        long=int((corpus.long >= earlier).sum()),
        removed={kind: int((fate.kind[gone] == code).sum()) for code, kind in enumerate(KINDS)},
        verified=int(outcome.counts[0]),
        capped=int(outcome.counts[1]),
        similarities=tuple(outcome.histogram.tolist()),
        clusters={members: int(count) for members, count in enumerate(sizes) if count},
    )
    unlike = np.flatnonzero((fate.unlike >= 0) & (fate.kept < 0))
    pairs = Pairs(gone, kept, fate.kind[gone], fate.similarity[gone])
    others = Pairs(
        unlike, _settle(fate.unlike, fate.kept, unlike), fate.differs[unlike], fate.likeness[unlike]
    )
    return Plan(laid_out(corpus, pairs), laid_out(corpus, others), statistics)


def _settle(
    partner: NDArray[np.int32], kept: NDArray[np.int32], passages: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Follow partners that were removed themselves (in a run, or as a repeat) to the passage that is kept for them."""
    final = partner[passages].astype(np.int64)
    while (further := kept[final] >= 0).any():
        final[further] = kept[final[further]]
    return final


def _tools(shards: Sequence[Shard], parameters: Parameters, against: Sequence[Earlier]) -> Tools:
    """Choose the inner loops: a small corpus takes less time than loading the compiled ones."""
    size = sum(shard.text.size for shard in shards)
    if against or parameters.contained or not interpreting_pays(size, _EFFORT, _kernels):
        from cleaner.dedup.deciding.compiled import TOOLS

        return TOOLS
    from cleaner.dedup.deciding.interpreted import TOOLS as PLAIN

    return PLAIN


def _kernels() -> Sequence[Callable[..., object]]:
    """Return the kernels that decide."""
    from cleaner.dedup.deciding import compiled

    return compiled.KERNELS
