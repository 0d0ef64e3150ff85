"""What was found in the lines looked at last: those that a removal leaves of them need no second look.

What is counted in a line depends on that line alone, but for how often it is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cleaner.steps.boilerplate.features.characters import Counts
from cleaner.steps.boilerplate.features.line_arrays import COUNTED, Content, repeated

_REPEATED: Final = COUNTED.index("repeated")


@dataclass(slots=True)
class LastLook:
    """The last lines, and what was found in them; it changes the speed, and nothing else."""

    counts: Counts = field(default_factory=lambda: np.zeros((0, len(COUNTED)), np.int64))
    content: Content = field(default_factory=lambda: Content(np.zeros(0, np.int64), np.zeros(0, np.uint64)))
    places: dict[str, int] = field(default_factory=dict)

    def keep(self, lines: Sequence[str], counts: Counts, content: Content) -> tuple[Counts, Content]:
        """Remember what was found in some lines, in place of the last ones, and return it."""
        self.counts, self.content = counts, content
        self.places = {line: place for place, line in enumerate(lines)}
        return counts, content

    def part(self, lines: Sequence[str]) -> tuple[Counts, Content] | None:
        """Return what there is in some lines if all are among the last ones.

        >>> from cleaner.steps.boilerplate.features.line_arrays import look
        >>> last = LastLook()
        >>> _ = last.keep(["Two boats left.", "Tea"], *look(["Two boats left.", "Tea"]))
        >>> found = last.part(["Tea"])
        >>> found is not None and found[0].tolist() == look(["Tea"])[0].tolist(), last.part(["Coffee"])
        (True, None)
        """
        places = self.places
        if not all(map(places.__contains__, lines)):
            return None
        rows = np.array([*map(places.__getitem__, lines)], np.int64)
        counts = self.counts[rows]
        counts[:, _REPEATED] = repeated(lines)
        return counts, self._words_of(rows)

    def _words_of(self, rows: Counts) -> Content:
        """Return the words of some lines, which are next to each other for each of them."""
        bounds = np.searchsorted(self.content.line, np.arange(len(self.counts) + 1))
        sizes = bounds[rows + 1] - bounds[rows]
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(bounds[rows] - ends + sizes, sizes)
        return Content(np.repeat(np.arange(len(rows)), sizes), self.content.name[at])
