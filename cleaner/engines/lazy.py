r"""What is made when it is first needed: a short run meets few of the patterns that the package knows.

>>> WORD = regex(r"\w+")
>>> WORD.findall("The ferry stays."), WORD.groups
(['The', 'ferry', 'stays'], 0)
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, cast

_PARTS: Final = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))
"""What a compiled regular expression is asked for."""


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a regular expression that is compiled when it is first asked for something: for those of a module."""
    return cast("re.Pattern[AnyStr]", _Regex(source, flags))


class _Regex:
    """Stands for a regular expression; once that is compiled, its methods are found here without a detour."""

    __slots__ = ("_given", *_PARTS)

    def __init__(self, *given: Any) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        """Compile: nothing else is missing here."""
        if name not in _PARTS:
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        for part in _PARTS:
            setattr(self, part, getattr(compiled, part))
        return getattr(self, name)
