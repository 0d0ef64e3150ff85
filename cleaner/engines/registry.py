"""The engines: adding one is one module with an `Engine`, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cleaner.engines import Engine
from cleaner.engines.local import LocalEngine
from cleaner.engines.spark import SparkEngine

ENGINES: Mapping[str, Callable[..., Engine]] = {
    "local": LocalEngine,
    "spark": SparkEngine,
}
"""How an engine with at most so many jobs at once is made, by its name; `MASTERED` ones also take `master`."""
MASTERED = frozenset({"spark"})
"""Engines that `--master` is for."""
