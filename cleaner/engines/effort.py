"""When compiled code pays: loading it, or making it first, takes as long as so much work without it.

What a process has done changes the speed of what it does later, and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Effort:
    """What this process has done without some compiled code, and after how much of that it is used.

    That is `plain` at first, `shared` where other code has loaded the compiler, so that what is left is to read the
    machine code, and `uncompiled` where there is no machine code yet.

    >>> effort = Effort(plain=9, shared=9, uncompiled=50)
    >>> effort.spent += 10
    >>> effort.pays(kept=lambda: False), effort.pays(kept=lambda: True)
    (False, True)
    """

    plain: int
    shared: int
    uncompiled: int
    spent: int = 0

    def pays(self, kept: Callable[[], bool]) -> bool:
        """Tell whether to use compiled code from now on; `kept` tells whether it is on disk, and is asked late."""
        least = self.shared if "numba" in sys.modules else self.plain
        return self.spent > least and (self.spent > self.uncompiled or kept())

    def exhaust(self) -> None:
        """Do nothing without compiled code from now on: it is loaded."""
        self.spent = max(self.plain, self.shared, self.uncompiled) + 1
