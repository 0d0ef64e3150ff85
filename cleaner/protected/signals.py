"""How much a single line looks like code, whatever the language.

The patterns are RE2's: linear in the line, whatever it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import re2

_AT_START: Final = (
    # directives, markup, templates
    r"#!|#\s*(?:include|define|ifn?def|endif|pragma|undef|elif|error)\b",
    r"<\?(?:php|xml|=)?|<!(?:DOCTYPE|--)|</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>(?:.*>)?$|\{[%{#].*[%}#]\}",
    # declarations
    r"(?:async\s+)?def\s+\w+\s*[(\[]|class\s+\w+.*[:{]$|@\w[\w.]*(?:\(.*)?$|cp?def\s+[\w*\[\], ]+.*[):(]$",
    r"from\s+[\w.]+\s+c?import\b|import\s+[\w.{}*,\s\"'@/-]+;$|c?import\s+\w+(?:\.\w+)+|c?import\s+[\w.]+\s+as\s",
    r"(?:const|let|var|auto|val)\s+[\w{\[,\s}\]]+(?::\s*[\w<>\[\]]+\s*)?=[^=]",
    r"(?:(?:pub|static|inline|export|default|private|public|protected)\s+)*"
    r"(?:function|fn|func|fun|sub|proc)\s+[\w.*:]*\s*[(<{]",
    r"(?:public|private|protected|internal)\s+[\w<>\[\]., ]+[({;=]",
    r"(?:struct|enum|union|interface|impl|trait|namespace|module|package|typedef|extern|using|use)\s+"
    r"[\w:<>.* ,\\]+[{;]$",
    r"(?i:SUBROUTINE\s+\w+|(?:REAL|INTEGER|LOGICAL|DOUBLE PRECISION|CHARACTER|COMPLEX)"
    r"(?:\s*\*\s*\(?[\d*]+\)?|\s*\([^()]*\))?\s*(?:,\s*\w+.*)?(?:::|\s+(?:FUNCTION\s+)?\w+\s*[(,]))",
    # statements
    r"(?:if|elif|for|while|with|switch|catch|except|else if)\b.*[:{]$|(?:else|try|finally)\s*[:{]$",
    r"(?:SELECT|INSERT\sINTO|CREATE(?:\sOR\sREPLACE)?\s+(?:TABLE|INDEX|VIEW|FUNCTION|UNIQUE|TEMP\w*)"
    r"|UPDATE\s+\w+\s+SET|DELETE\sFROM|ALTER\sTABLE|DROP\s(?:TABLE|INDEX|VIEW))\b",
    r"(?:fi|done|esac|end|endif|endfunction|endforeach);?$",
    r"(?i:END\s*(?:IF|DO|SUBROUTINE|FUNCTION|MODULE|PROGRAM)\b|@echo\s+o(?:n|ff)$|set\s+\w+=|goto\s+\w+$)",
    r"(?:>>>|\.\.\.|In\s\[\d*\]:|\$|%|PS\s[A-Z]:\\|[A-Z]:\\\S*>|\w+@[\w.-]+[:~/\w.-]*[$#])\s\S",
    r"\\(?:begin|end|documentclass|usepackage|section|subsection|item|label|newcommand)\b",
    r"[\w.$\[\]\"'*&>-]+\s?(?:[-+*/%|&^:?.]|<<|>>)?=\s?[^\s=>]|[\w$.:>-]+\(.*\)\s*[;,{:]?$",
    r"\w+:\s*[\w\[\], .|]+\s=\s?\S|[}\])]+\s*[;,)}\]]*$|[({\[]+$|\}\s*(?:else|catch|finally|while)\b",
    r"[.#*:\w][^{}]*\{(?:[^{}]*\})?$|[\w-]+\s*:\s*[^;:]+;$|@(?:media|import|charset|font-face)\b",
    r"\"[^\"]*\"\s*:\s*\S|[-+]{3}\s[ab]/|@@\s-\d|diff\s--git|/\*\*?|\*/|//|--\[\[",
    r"[^;]*[\w\"'\])]\s*[({\[=.<>].*(?:[^\pL\"']|[^\pL]\pL|[^\pL]\pL\pL);$",
)
_ANYWHERE: Final = (
    r"(?:\{|[)\]}>+*-];)\s*(?://.*|/\*.*)?$|\w\([^()]*\);|\)\s*->\s|\\$",
    r"&&|\|\||!=|===|==|\+=|-=|::|\$\{|\$\(|\)\{|/>|</|=>|:=|\\n",
)
STRONG: Final = re2.compile(f"^(?:{'|'.join(_AT_START)})|{'|'.join(_ANYWHERE)}")
"""Lines that prose does not have."""

_OFTEN_AT_START: Final = (
    r"[#;%](?:\s|$)|--\s|\"\"|'''|c?import\s+[\w.]+$|(?i:rem)\s",
    r"(?:return|yield|raise|end|case|default|public|private|const|static|void|int|char|double|float|bool"
    r"|unsigned|long|local|global|assert|del|print|echo|set|export|ctypedef|cdef)\b",
    r"(?:break|continue|pass|then|do|else|begin)$",
    r"(?:FROM|WHERE|GROUP\sBY|ORDER\sBY|JOIN|VALUES|AND|OR|SET|LIMIT|BEGIN|END|COMMIT|CALL|DATA|COMMON|RETURN"
    r"|IMPLICIT|CONTINUE|PROGRAM|USE|TYPE|INTENT)\b",
    r"[\w.-]+\s*:(?:\s|$)|-\s[\w.-]+:|\[[\w.\s\"':-]+\]$|[\w.-]+\s*[:?]?=|['\"\d(\[{<.$&*@]|\w+(?:\.\w+)+\b|\w+_\w+",
)
_OFTEN: Final = r"[,({\[)\]}:=\\|+]$|[=<>{}\[\]$\\|]|\w\(|\w_\w|\w\.\w+\("
WEAK: Final = re2.compile(f"^(?:{'|'.join(_OFTEN_AT_START)})|{_OFTEN}")
"""Lines that code has often and prose at times."""

PROSE: Final = re2.compile(r"(?:\pL+[,;:]?['\x{2019}]?\s+){5}\pL+")
"""Six words in a row."""
_ENTITY: Final = re.compile(r"&#?\w{1,24};")
_SENTENCE: Final = re.compile(r"[a-zа-я]{2,}[)\"”’»]*[.!?…。][)\"”’»]*\Z")
_LOOK: Final = 400
"""Characters of a line that are looked at."""
_WORDS: Final = 6
_MANY_WORDS: Final = 15


@lru_cache(maxsize=8192)
def signal(line: str) -> int:
    """Return 2 for a line that only code has, 1 for one that code has often, 0 for any other.

    >>> signal("return x - 1"), signal("for (i = 0; i < n; i++) {"), signal("It rained (a little) in March.")
    (1, 2, 0)
    """
    line = _plain(line.strip()[:_LOOK])
    if "&" in line:
        line = _ENTITY.sub("", line)
    if not line:
        return 0
    if STRONG.search(line):
        return 1 if is_sentence(line) else 2
    return 1 if WEAK.search(line) and not is_sentence(line) else 0


def is_sentence(line: str) -> bool:
    """Tell whether a line has six words in a row and ends as a sentence does, or has very many words."""
    words = line.count(" ") + 1
    return (
        words >= _WORDS and (words >= _MANY_WORDS or _SENTENCE.search(line) is not None) and has_prose(line)
    )


def has_prose(line: str) -> bool:
    """Tell whether six words are in a row on a line."""
    return line.count(" ") >= _WORDS - 1 and PROSE.search(_plain(line)) is not None


def _plain(line: str) -> str:
    """Replace lone surrogates, which RE2 does not take."""
    return line if line.isascii() else line.encode("utf-8", "replace").decode()
