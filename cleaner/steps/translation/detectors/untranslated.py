"""Sentences that were left in the language they came in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from cleaner.engines.lazy import regex
from cleaner.language import rank
from cleaner.model import Span
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet
from cleaner.steps.translation.masks import ends_sentence, line_at, quotations_at

FUNCTION_WORDS: Mapping[str, str] = {
    "cs": "že se byl jako ale také pro při jsou bylo má aby",
    "de": "und der das nicht ist mit ein eine auf für wird sich auch von dem den des im zu bei nach aus",
    "en": "the and of is was with for that from this have has were are by it his their which to",
    "es": "el los las una por con para del que está como más fue su sus pero entre",
    "fr": "les des est une dans pour avec que qui sur pas ont été cette aux du ce sont",
    "it": "il gli della che sono per una con del alla nel delle anche dei non più è",
    "nl": "het een van niet met voor zijn aan ook naar wordt deze bij uit",
    "pl": "nie jest się przez dla oraz tego był które jak po od",
    "pt": "os uma não com para por que mais dos das pelo foi são como ao",
    "ro": "și este pentru din care cu sunt mai fost ale lui",
    "ru": "что это как его для или только также который были может если",
    "sv": "och att det som inte är för med till av har den ett om",
    "tr": "bir ve için bu ile olarak daha çok olan gibi sonra",
    "uk": "що це як його для або тільки також який були може якщо",
}
"""Frequent words by language; none that the others, or names, have too often."""

_SHARED = frozenset({"is", "has", "have", "with", "for", "to", "by", "it", "are"})
_IN_ENGLISH = frozenset(
    {
        "die",
        "not",
        "in",
        "am",
        "an",
        "as",
        "on",
        "no",
        "me",
        "do",
        "has",
        "so",
        "all",
        "over",
        "den",
        "los",
        "las",
    }
    | {
        "des",
        "von",
        "del",
        "van",
        "der",
        "el",
        "du",
        "les",
        "met",
        "per",
        "non",
        "ten",
        "om",
        "os",
        "para",
        "due",
    }
    | {"or", "ale", "det", "sur", "aux", "sus", "zu", "con", "das", "par", "gli", "po"}
)
"""Foreign function words that are English words or parts of names."""

_CONFIDENT = 0.9
"""Likelihood from which on a sentence is in another language; its own may have what is left, no more."""
_OWN_SHARE = 8
"""One word in so many, in small letters, may be a function word of the text's own language."""
_FEWEST_FOREIGN = 2
"""Function words of the other language in the sentence."""
_SENTENCE_END = regex(r"[.!?…](?=[\s\"”»)]|$)|[。！？]")
_BLANK = regex(r"\s+")
_PHRASE = 12
"""Words below which a line of its own that ends in a comma or nothing is an entry of a list, not a sentence."""
_REACH = 2000
"""Code points of a sentence on both sides of a foreign word."""
_WORD = regex(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BRACKETS = regex(r"[(（\[][^()（）\[\]]*[)）\]]")
_LATIN = frozenset(FUNCTION_WORDS) - {"ru", "uk"}
_CYRILLIC = frozenset({"ru", "uk", "bg", "mk"})


def untranslated_passage(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a sentence of `options["fewest"]` words or more whose language is not that of the text.

    Words of a quotation or in brackets do not count. Two function words of another language, and hardly one of the
    text's own, make a candidate; the language identifier must then be sure.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> text = "It rained. Die Leute mussten in dieser Zeit auf dem Land bleiben und warten. Then it stopped."
    >>> [m.note for m in untranslated_passage(sheet_of(text, "en"), {"fewest": 6})]
    ['de']
    """
    own = frozenset(FUNCTION_WORDS.get(sheet.language, "").split())
    last_end = -1
    for start, _ in sheet.scan.finditer(_trigger(options, sheet.language)):
        if not sheet.text[start].isalnum():  # the characters before the word
            start += 1
        if start < last_end:
            continue
        begin, last_end = _sentence(sheet, start)
        words = _WORD.findall(_BRACKETS.sub(" ", _unquoted(sheet, begin, last_end)))
        lower = [word for word in words if not word[0].isupper()]
        if len(words) < _PHRASE and _is_entry(sheet, begin, last_end):
            continue
        if len(words) < options["fewest"] or sum(word in own for word in lower) * _OWN_SHARE > len(lower):
            continue
        language = _foreign(words, sheet.language)
        if language and _speaks(lower, language):
            yield Mark(begin, last_end, language)


def _is_entry(sheet: Sheet, begin: int, end: int) -> bool:
    """Tell whether a stretch is a whole line and no sentence, as in a list of words in two languages."""
    start, stop = sheet.lines[line_at(sheet.lines, begin)]
    whole = not sheet.text[start:begin].strip() and not sheet.text[end:stop].strip()
    return whole and not ends_sentence(sheet.text[begin:end])


def _foreign(words: Sequence[str], language: str) -> str:
    """Return the language of some words when it is surely not `language`, which has to be one that is known."""
    ranked = rank(" ".join(words))
    if not ranked or ranked[0][1] < _CONFIDENT or ranked[0][0] == language:
        return ""
    return ranked[0][0] if dict(ranked).get(language, 1.0) < 1 - _CONFIDENT else ""


def _speaks(lower: Sequence[str], language: str) -> bool:
    """Tell whether words in small letters are enough of a sentence of a language: relatives look alike."""
    known = FUNCTION_WORDS.get(language, "").split()
    return language in _CYRILLIC or sum(word in known for word in lower) >= _FEWEST_FOREIGN


def _sentence(sheet: Sheet, at: int) -> Span:
    """Return the span of the sentence around an offset, within its line and the reach on both sides."""
    line_start, line_end = sheet.lines[line_at(sheet.lines, at)]
    begin, end = max(line_start, at - _REACH), min(line_end, at + _REACH)
    for match in _SENTENCE_END.finditer(sheet.text, begin, end):
        if match.end() <= at:
            begin = match.end()
        else:
            end = match.end()
            break
    blank = _BLANK.match(sheet.text, begin, end)
    return (blank.end() if blank else begin), end


def _unquoted(sheet: Sheet, start: int, end: int) -> str:
    """Return a stretch of text without what is quoted in it."""
    kept, at = [], start
    spans = quotations_at(sheet.text, *sheet.lines[line_at(sheet.lines, start)])
    for a, b in spans[max(0, bisect_left(spans, (start, start)) - 1) :]:
        if a >= end:
            break
        if b > at:
            kept.append(sheet.text[at : max(at, a)])
            at = min(max(at, b), end)
    return " ".join((*kept, sheet.text[at:end]))


def _trigger(options: Options, language: str) -> str:
    """Two function words of another language near each other, or words of another script in a row."""
    own = set(FUNCTION_WORDS.get(language, "").split())
    words = {
        word
        for name, text in FUNCTION_WORDS.items()
        if name != language
        for word in text.split()
        if word not in own and len(word) > 1 and not (name == "en" and word in _SHARED)
    }
    if language == "en":
        words -= _IN_ENGLISH
    any_word = "|".join(sorted(words))
    # RE2 knows word boundaries of ASCII letters only
    near = (
        rf"(?m)(?:^|[^\pL\pN])(?:{any_word})(?:[^\pL\pN.!?\n][^.!?\n]*)?"
        rf"[^\pL\pN.!?\n](?:{any_word})(?:[^\pL\pN]|$)"
    )
    if language in _LATIN:
        return near + r"|\p{Cyrillic}{2,}(?:[ ,]+\p{Cyrillic}+){4,}"
    return near


UNTRANSLATED_PASSAGE = Detector(untranslated_passage, _trigger)
