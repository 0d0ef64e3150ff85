"""How many words a piece of text has, and whether it ends as a sentence, in the text's own measure."""

from __future__ import annotations

from typing import Final

from cleaner.engines.lazy import regex

UNSPACED_PER_WORD: Final = 3
"""Characters of a script without spaces that count as one word."""
_UNSPACED: Final = regex(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
"""Runs of Thai, Lao, Myanmar, Khmer, kana and Han, with their marks."""
_SENTENCE_END: Final = regex(r"[.!?…。！？｡।॥؟۔։።፧។៕။][\"'”’»“‘›)\]】」』）]*$")
_LAST_BRACKET: Final = regex(r"(?<!\s)\s*[(\[（【][^()\[\]（）【】]*[)\]）】]\.?$")
_STOPLESS: Final = regex('[\u0e00-\u0e4e\u0e80-\u0eff]["”’)\\]]*$')
"""Thai and Lao end a sentence without a mark."""
STOPLESS_CHARS: Final = 72
"""Characters from which a line of such a script is taken for a sentence, and not for a title."""


def count_words(text: str) -> int:
    """Count words separated by white space; three characters of an unspaced script count as one.

    >>> count_words("The ferry left."), count_words("渡船今天早上离开了"), count_words("於 2019 年")
    (3, 3, 2)
    """
    if text.isascii() or not (runs := _UNSPACED.findall(text)):
        return len(text.split())
    spaced = sum(any(map(str.isalnum, word)) for word in _UNSPACED.sub(" ", text).split())
    return spaced + -(-sum(map(len, runs)) // UNSPACED_PER_WORD)


def ends_sentence(line: str) -> bool:
    """Tell whether a line ends as a sentence does, quotes, brackets and a source in brackets aside.

    >>> ends_sentence("It was late."), ends_sentence("It was late. (A source)"), ends_sentence("A title")
    (True, True, False)
    """
    line = line.rstrip()
    if _SENTENCE_END.search(line) or (len(line) >= STOPLESS_CHARS and _STOPLESS.search(line)):
        return True
    return _SENTENCE_END.search(_LAST_BRACKET.sub("", line)) is not None
