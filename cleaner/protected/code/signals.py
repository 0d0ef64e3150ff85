"""How much a single line looks like code, whatever the language.

The patterns are RE2's: linear in the line, whatever it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import re2

from cleaner.engines.lazy import regex
from cleaner.protected.shapes import LOOK, MANY_WORDS, PLAINLY_PROSE, SIGNS, begins_as_code


def _searched(pattern: str) -> re2.Set:
    """Compile a pattern of which only the question is asked whether it matches: as a set of one it is quickest."""
    options = re2.Options()
    options.max_mem = _MEMORY
    found = re2.Set.SearchSet(options)
    found.Add(pattern)
    found.Compile()
    return found


_MEMORY: Final = 16 << 20
"""Bytes for the automaton of a pattern."""
_REGISTER: Final = (
    r"(?:%?(?:[xwrqdvs]\d{1,2}|[er]?[abcd]x|[er]?[sd]i|[er]?[sb]p|[xyz]mm\d{1,2}|lr|pc)"
    r"|\$(?:[astvk]\d|[sfg]p|ra|zero))"
)
"""A register of a processor, as assembly calls it: the first operand of most instructions."""
_AT_START: Final = (
    # directives, markup, templates
    r"#!|#\s*(?:include|define|ifn?def|endif|pragma|undef|elif|error)\b",
    r"<\?(?:php|xml|=)?|<!(?:DOCTYPE|--)|</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>(?:.*>)?$|\{[%{#].*[%}#]\}",
    # declarations
    r"(?:async\s+)?def\s+\w+\s*[(\[]|class\s+\w+.*[:{]$|@\w[\w.]*(?:\(.*)?$"
    r"|cp?def\s+[\w*\[\], ]+.*[):(](?:\s+(?:noexcept|nogil|except\b.*))*$"
    r"|ctypedef\s+\w+[\w ]*[\w:*]$|cdef\s+extern\s+from\b",
    r"from\s+[\w.]+\s+c?import\b|import\s+[\w.{}*,\s\"'@/-]+;$|c?import\s+\w+(?:\.\w+)+|c?import\s+[\w.]+\s+as\s",
    r"(?:const|let|var|auto|val)\s+[\w{\[,\s}\]]+(?::\s*[\w<>\[\]]+\s*)?=[^=]",
    r"(?:(?:pub|static|inline|export|default|private|public|protected)\s+)*"
    r"(?:function|fn|func|fun|sub|proc)\s+[\w.*:]*\s*[(<{]",
    r"(?:public|private|protected|internal)\s+[\w<>\[\]., ]+[({;=]",
    r"(?:struct|enum|union|interface|impl|trait|namespace|module|package|typedef|extern|using|use)\s+"
    r"[\w:<>.* ,\\]+[{;]$",
    r"(?i:SUBROUTINE\s+\w+|PARAMETER\s*\(\w+\s*=|COMMON\s*/\s*\w*\s*/"
    r"|(?:REAL|INTEGER|LOGICAL|DOUBLE PRECISION|CHARACTER|COMPLEX)"
    r"(?:\s*\*\s*\(?[\d*]+\)?|\s*\([^()]*\))?\s*(?:,\s*\w+.*)?(?:::|\s+(?:FUNCTION\s+)?\w+\s*[(,]))",
    # statements
    r"(?:if|elif|for|while|with|switch|catch|except|else if)\b.*[:{]$|(?:else|try|finally)\s*[:{]$",
    r"(?:SELECT|INSERT\sINTO|CREATE(?:\sOR\sREPLACE)?\s+(?:TABLE|INDEX|VIEW|FUNCTION|UNIQUE|TEMP\w*)"
    r"|UPDATE\s+\w+\s+SET|DELETE\sFROM|ALTER\s(?:TABLE|FUNCTION|EXTENSION|INDEX|TYPE|VIEW)|DROP\s(?:TABLE|INDEX|VIEW))\b",
    r"(?:fi|done|esac|end|endif|endfunction|endforeach);?$",
    r"(?i:END\s*(?:IF|DO|SUBROUTINE|FUNCTION|MODULE|PROGRAM)\b|@echo\s+o(?:n|ff)$|set\s+\w+=|goto\s+\w+$)",
    r"(?:syn(?:tax)?\s+(?:keyword|match|region|cluster|sync|include|case)|hi(?:ghlight)?!?\s+(?:def|link|clear)"
    r"|menutrans|tmenu|setlocal|autocmd|runtime!|scriptencoding|[nvixo]?noremap)\b",
    r"\((?:def(?:un|var|macro|custom|const|ine|group)|setq|provide|require|let\*?\s\()(?:[\s'(]|$)",
    r"\.PHONY\s*:|@echo\b|LANGUAGE\s\w+.*;$",
    r"(?:>>>|\.\.\.|In\s\[\d*\]:|\$|%|PS\s[A-Z]:\\|[A-Z]:\\\S*>|\w+@[\w.-]+[:~/\w.-]*[$#])\s\S",
    r"\\(?:begin|end|documentclass|usepackage|section|subsection|item|label|newcommand)\b",
    r"[\w.$\[\]\"'*&>-]+\s*(?:[-+*/%|&^:?.]|<<|>>)?=\s*[^\s=>]|[\w$.:>-]+\(.*\)\s*[;,{:]?$",
    r"\w+:\s*[\w\[\], .|]+\s=\s?\S|[}\])]+\s*[;,)}\]]*$|[({\[]+$|\}\s*(?:else|catch|finally|while)\b",
    r"[.#*:\w][^{}]*\{(?:[^{}]*\})?$|[\w-]+\s*:\s*[^;:]+;$|@(?:media|import|charset|font-face)\b",
    r"\"[^\"]*\"\s*:\s*\S|'[^']*'\s*:\s*[^,]+,$|[-+]{3}\s[ab]/|@@\s-\d|diff\s--git|/\*\*?|\*/|//|--\[\[",
    rf"[a-z][a-z0-9.]{{1,9}}\s+{_REGISTER}\s*,\s*\S",
    r"[^;]*[\w\"'\])]\s*[({\[=.<>].*(?:[^\pL\"']|[^\pL]\pL|[^\pL]\pL\pL);$",
)
_ANYWHERE: Final = (
    r"(?:\{|[)\]}>+*-];)\s*(?://.*|/\*.*)?$|\w\([^()]*\);|\)\s*->\s|\\$",
    r"&&|\|\||!=|===|==|\+=|-=|::|\$\{|\$\(|\)\{|/>|</|=>|:=|\\n",
)
STRONG: Final = _searched(f"^(?:{'|'.join(_AT_START)})|{'|'.join(_ANYWHERE)}")
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
WEAK: Final = _searched(f"^(?:{'|'.join(_OFTEN_AT_START)})|{_OFTEN}")
"""Lines that code has often and prose at times."""
_WEAK_STARTS: Final = frozenset("'\"0123456789([{<.$&*@")
_WEAK_ENDS: Final = frozenset(",({[)]}:=\\|+")
"""What `WEAK` finds at the beginning of a line, and at its end."""
_WEAK_WORDS: Final = frozenset(
    ("import", "cimport", "rem", "return", "yield", "raise", "end", "case", "default", "public", "private", "const",
     "static", "void", "int", "char", "double", "float", "bool", "unsigned", "long", "local", "global", "assert", "del",
     "print", "echo", "set", "export", "ctypedef", "cdef", "break", "continue", "pass", "then", "do", "else", "begin",
     "from", "where", "group", "order", "join", "values", "and", "or", "limit", "commit", "call", "data", "common",
     "implicit", "program", "use", "type", "intent")
)  # fmt: skip
"""The words that it finds there; without one of these or a sign it finds nothing after a word of letters."""

PROSE: Final = _searched(r"(?:\pL+[,;:]?['\x{2019}]?\s+){5}\pL+")
"""Six words in a row."""
_ENTITY: Final = regex(r"&#?\w{1,24};")
_CLOSERS: Final = ')"”’»'
_STOPS: Final = frozenset(".!?…。")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя")
"""What the last word of a sentence ends in, its last two letters."""
UNMISTAKABLE: Final = 2
"""The signal of a line that only code has."""
_WORDS: Final = 6


@lru_cache(maxsize=8192)
def signal(line: str) -> int:
    """Return 2 for a line that only code has, 1 for one that code has often, 0 for any other.

    >>> signal("return x - 1"), signal("for (i = 0; i < n; i++) {"), signal("It rained (a little) in March.")
    (1, 2, 0)
    """
    line = _looked_at(line)
    if not line:
        return 0
    strong = (SIGNS.search(line) is not None or begins_as_code(line)) and _has(STRONG, line)
    if is_sentence(line):
        return int(strong)
    return UNMISTAKABLE if strong else int(_is_weak(line))


def is_unmistakable(line: str) -> bool:
    """Tell whether the signal of a line with a sign, or with a word of code at its beginning, is that only code has it.

    >>> is_unmistakable("for (i = 0; i < n; i++) {"), is_unmistakable("It rained (a little) in March.")
    (True, False)
    """
    line = _looked_at(line)
    signed = SIGNS.search(line) is not None or begins_as_code(line)
    return signed and _has(STRONG, line) and not is_sentence(line)


def _looked_at(line: str) -> str:
    """Return what of a line is looked at: its beginning, without entities."""
    line = line.strip()[:LOOK]
    return _ENTITY.sub("", line) if "&" in line else line


def faint_signal(line: str, *, proseless: bool = False) -> int:
    """Return the signal of a line that is not unmistakable code; `proseless` tells that six words in a row are nowhere.

    >>> faint_signal("return tide"), faint_signal("It rained all day in the valley.")
    (1, 0)
    """
    line = line.strip()[:LOOK]
    return int(bool(line) and (proseless or not is_sentence(line)) and _is_weak(line))


def _is_weak(line: str) -> bool:
    """Tell whether code has such lines often; of most lines a glance tells it."""
    if line[0] in _WEAK_STARTS or line[-1] in _WEAK_ENDS:
        return True
    first = line.partition(" ")[0]
    if (
        first.isalpha()
        and first.lower() not in _WEAK_WORDS
        and "_" not in line
        and SIGNS.search(line) is None
    ):
        return False
    return _has(WEAK, line)


def is_sentence(line: str) -> bool:
    """Tell whether a line has six words in a row and ends as a sentence does, or has very many words."""
    words = line.count(" ") + 1
    return words >= _WORDS and (words >= MANY_WORDS or _is_ended(line)) and has_prose(line)


def _is_ended(line: str) -> bool:
    """Tell whether a line ends in a small word and a stop, closing brackets and quotation marks aside."""
    line = line.rstrip(_CLOSERS)
    return line[-1:] in _STOPS and _LETTERS.issuperset(line[:-1].rstrip(_CLOSERS)[-2:].ljust(2))


def has_prose(line: str) -> bool:
    """Tell whether six words are in a row on a line."""
    if line.count(" ") < _WORDS - 1:
        return False
    return PLAINLY_PROSE.search(line) is not None or _has(PROSE, line)


def _has(pattern: re2.Set, line: str) -> bool:
    """Tell whether a pattern matches; RE2 takes no lone surrogates, which become question marks."""
    return pattern.Match(line.encode("utf-8", "replace")) is not None
