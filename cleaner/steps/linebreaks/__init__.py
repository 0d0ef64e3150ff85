"""The line-break step: unwraps hard-wrapped text and rejoins sentences that were broken in two."""

from __future__ import annotations

from cleaner.steps.linebreaks.decide import find

__all__ = ["find"]
