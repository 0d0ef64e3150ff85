"""The engines: adding one is one module with an `Engine`, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cleaner.engines import Engine
from cleaner.engines.local import LocalEngine

ENGINES: Mapping[str, Callable[[int], Engine]] = {
    "local": LocalEngine,
}
"""How an engine with at most so many jobs at once is made, by its name."""
