"""How much a single line looks like code, whatever the language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

STRONG: Final = re.compile(
    r"""(?x)
    ^ (?:
        \#! | \# \s* (?: include | define | ifn?def | endif | pragma | undef | elif | error ) \b
        | <\?(?:php|xml|=)? | <!(?:DOCTYPE|--) | </? [A-Za-z][\w:.-]* (?: \s [^<>]* )? /? > (?: .* > )? $
          | \{[%{\#] .* [%}\#]\}
        | (?: async \s+ )? def \s+ \w+ \s* [(\[]  | class \s+ \w+ .* [:{] $ | @ \w[\w.]* (?: \( .* )? $
        | from \s+ [\w.]+ \s+ import \b | import \s+ [\w.{}*,\s"'@/-]+ ; $ | import \s+ \w+(?:\.\w+)+
          | import \s+ [\w.]+ \s+ as \s
        | (?: if | elif | for | while | with | switch | catch | except | else \s if ) \b .* [:{] $
          | (?: else | try | finally ) \s* [:{] $
        | (?: const | let | var | auto | val ) \s+ [\w{[,\s}\]]+ \s* (?: : \s* [\w<>\[\]]+ \s* )? = [^=]
        | (?: pub \s+ | static \s+ | inline \s+ | export \s+ | default \s+ | private \s+ | public \s+
          | protected \s+ )* (?: function | fn | func | fun | sub | proc ) \s+ [\w.*:]* \s* [(<{]
        | (?: public | private | protected | internal ) \s+ [\w<>\[\]., ]+ [({;=]
        | (?: struct | enum | union | interface | impl | trait | namespace | module | package | typedef
          | extern | using | use ) \s+ [\w:<>.* ,\\]+ [{;] $
        | (?: SELECT | INSERT \s INTO
          | CREATE (?: \s OR \s REPLACE )? \s+ (?: TABLE|INDEX|VIEW|FUNCTION|UNIQUE|TEMP\w* )
          | UPDATE \s+ \w+ \s+ SET | DELETE \s FROM | ALTER \s TABLE | DROP \s (?:TABLE|INDEX|VIEW) ) \b
        | (?: fi | done | esac | end | endif | endfunction | endforeach ) ;? $
        | (?: >>> | \.\.\. | In \s \[\d*\]: | \$ | % | PS \s [A-Z]:\\ | [A-Z]:\\[^\s]* >
          | \w+@[\w.-]+ [:~/\w.-]* [$\#] ) \s \S
        | \\ (?: begin | end | documentclass | usepackage | section | subsection | item | label
          | newcommand ) \b
        | [\w.$\[\]"'*&>-]+ \s? (?: [-+*/%|&^:?.] | << | >> )? = (?! [=>] ) \s? \S
        | [\w$.:>-]+ \( .* \) \s* [;,{:]? $
        | [}\])]+ \s* [;,)}\]]* $ | [({\[]+ $ | \} \s* (?: else | catch | finally | while ) \b
        | [.\#*:\w] [^{}]* \{ (?: [^{}]* \} )? $ | [\w-]+ \s* : \s* [^;:]+ ; $ | @ (?: media | import
          | charset | font-face ) \b
        | "[^"]*" \s* : \s* \S | [-+]{3} \s [ab]/ | @@ \s - \d | diff \s --git
        | /\*\*? | \*/ | // | --\[\[
    )
    | (?: \{ | [^\w\s] ; ) \s* (?: // .* | /\* .* )? $ | ^ [^;]* [\w"'\])] \s* [({[=.<>] .* ; $ (?<! [^\W\d_]{3} ; )
    | \w \( [^()]* \) ; | \)\s*->\s | \\ $
    | (?: && | \|\| | != | === | == | \+= | -= | :: | \$\{ | \$\( | \)\{ | /> | </ | => | := | \\n )
    """
)
"""Lines that prose does not have."""

WEAK: Final = re.compile(
    r"""(?x)
    ^ (?:
        [#*;%] (?: \s | $ ) | -- \s | "" | ''' | import \s+ [\w.]+ $ | return \b | yield \b | raise \b
          | break $ | continue $ | pass $ | end \b | then $ | do $ | else $ | begin $
        | (?: case | default | public | private | const | static | void | int | char | double | float
          | bool | unsigned | long | local | global | assert | del | print | echo | set | export ) \b
        | (?: FROM | WHERE | GROUP \s BY | ORDER \s BY | JOIN | VALUES | AND | OR | SET | LIMIT | BEGIN
          | END | COMMIT ) \b
        | [\w.-]+ \s* : (?: \s | $ ) | - \s [\w.-]+ : | \[ [\w.\s"':-]+ \] $ | [\w.-]+ \s* [:?]?=
          | ['"\d(\[{<.$&*@] | \w+ (?: \. \w+ )+ \b | \w+_\w+
    )
    | [,({\[)\]}:=\\|+] $ | [=<>{}\[\]$\\|] | \w\( | \w_\w | \w\.\w+\(
    """
)
"""Lines that code has often and prose at times."""

_ENTITY: Final = re.compile(r"&#?\w{1,24};")
_LOOK: Final = 240
"""Characters of a line that are looked at: the patterns are not linear in all cases."""
PROSE: Final = re.compile(r"(?:[^\W\d_]+[,;:]?['’]?\s+){5}[^\W\d_]+")
"""Six words in a row."""
_SENTENCE: Final = re.compile(r"[a-zа-я]{2,}[)\"”’»]*[.!?…。][)\"”’»]*$")


@lru_cache(maxsize=8192)
def signal(line: str) -> int:
    """Return 2 for a line that only code has, 1 for one that code has often, 0 for any other.

    >>> signal("return x - 1"), signal("for (i = 0; i < n; i++) {"), signal("It rained (a little) in March.")
    (1, 2, 0)
    """
    line = _ENTITY.sub("", line.strip()[:_LOOK])
    if not line:
        return 0
    strong = STRONG.search(line) is not None
    if is_sentence(line):
        return 1 if strong else 0
    if strong:
        return 2
    return 1 if WEAK.search(line) else 0


def is_sentence(line: str) -> bool:
    """Whether a line has six words in a row and ends as a sentence does, or has very many words."""
    return PROSE.search(line) is not None and (_SENTENCE.search(line) is not None or len(line.split()) > 14)
