"""Whether work takes time in proportion to its size, on a machine that has other things to do."""

from __future__ import annotations

from collections.abc import Callable


def grows_evenly(
    seconds: Callable[[int], float], size: int, *, most: float = 2.5, least: float = 0.02, attempts: int = 4
) -> bool:
    """Tell whether twice the size takes less than `most` times the processor time, in one of some attempts.

    Another process may have had the caches meanwhile. Less than `least` seconds is not measured. How fast a machine is
    does not count.

    >>> grows_evenly(lambda size: size, 100), grows_evenly(lambda size: size**2, 100)
    (True, False)
    """
    return any(seconds(2 * size) < most * max(seconds(size), least) for _ in range(attempts))
