"""The lines of a text as this step sees them: stripped, without the blank ones, with the gaps between."""

from __future__ import annotations

from dataclasses import dataclass, field

from cleaner.model import Span


@dataclass(frozen=True, slots=True)
class Join:
    """A decision about one gap: it becomes `new`, and `drop` characters before it go too."""

    new: str
    rule: str
    note: str
    drop: int = 0


@dataclass(slots=True)
class Lines:
    """Non-empty lines without the white space around them, and the gap after each but the last.

    `gaps[i]` is the span, in the text that was split, of all white space between lines `i` and
    `i + 1`; `blank[i]` counts the empty lines in it; `indents[i]` is the white space before line
    `i` on its own line. `texts` may hold joined lines, the gaps always refer to the text. `pages` are
    the gaps that hold what a page break left inside a sentence, and why.
    """

    texts: list[str] = field(default_factory=list)
    gaps: list[Span] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    pages: dict[int, str] = field(default_factory=dict)

    def joined(self, joins: dict[int, Join]) -> Lines:
        """Return the lines that are left when the gaps in `joins` are closed."""
        out = Lines()
        for i, text in enumerate(self.texts):
            join = joins.get(i - 1)
            if join is None:
                out.texts.append(text)
                out.indents.append(self.indents[i])
            else:
                left = out.texts[-1]
                out.texts[-1] = left[: len(left) - join.drop] + join.new + text
            if i < len(self.gaps) and i not in joins:
                out.gaps.append(self.gaps[i])
                out.blank.append(self.blank[i])
        return out


def split(text: str) -> Lines:
    r"""Split a text into its non-empty lines.

    >>> lines = split("Russia \n\n  left.\n")
    >>> lines.texts, lines.gaps, lines.blank, lines.indents
    (['Russia', 'left.'], [(6, 11)], [1], [0, 2])
    """
    lines = Lines()
    at, last_end, newlines = 0, 0, 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            if lines.texts:
                lines.gaps.append((last_end, at + indent))
                lines.blank.append(newlines - 1)
            lines.texts.append(stripped)
            lines.indents.append(indent)
            last_end, newlines = at + indent + len(stripped), 0
        newlines += 1
        at += len(raw) + 1
    return lines
