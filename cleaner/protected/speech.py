"""Dialogue and mail: plays, chats, interviews, subtitles, heads of messages, quoted lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, next_text
from cleaner.protected.marks import BLANK, BRACKET, COLON, DASH, DIGIT, GREATER, LESS, SQUARE, WIDE_COLON
from cleaner.protected.shapes import CAPITALS, NAMED

_TIMECODE: Final = regex(r"\s*(?:\d\d:)?\d\d:\d\d[,.]\d{3} --> ")
_CHAT: Final = regex(
    r"\s*(?:[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?[\])]?(?:\s*[-\u2013"
    r"|])?\s*(?:<[^>]{1,24}>|[@\w.'-]+(?: [\w.'-]+){0,2}:|\*)"
    r"|[\[(]?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?[\])]?(?:\s*[-\u2013])?"
    r"\s*[^:]{1,30}:|<[@+]?[\w\[\]|^`-]{1,24}> )"
)
_MARKUP: Final = regex(r"\s*<(\w{1,30}+)[^<>]*+>.*</\1>|.*[;{}]$|.*\b(?:INFO|WARN|ERROR|DEBUG)\b")
_TURN: Final = regex(
    r"\s*(?:\*{0,2})([^\W\d_][\w.'\u2019-]*(?: (?:\w\.|[^\W\d_][\w.'\u2019-]*"
    r"|\d{1,2})){0,3})(?:\s*[(\[][^)\]]{1,60}[)\]])?(?:\*{0,2})\s?[:\uff1a](?:\*{0,2})(?:\s|$)"
)
_SPEAKER: Final = regex(
    r"\s*([^\W\d_a-z][^\W\d_a-z'\u2019. -]*(?:[ .][^\W\d_a-z'\u2019. -]+){0,3})"
    r"(?:\s*[(\[][^)\]]{1,60}[)\]])?[.:]?(?:\s{2,}\S.*|[.:]\s*\S.*)?$"
)
_DASHED: Final = regex(
    '\\s*[\u2013\u2014\u2015]\\s?[^\\W\\d_\u00bf\u00a1"\u00ab\u201e(]|\\s*[\u2014\u2015]\\s*\\S'
)
_ROLES: Final = frozenset(("system", "user", "assistant", "human", "tool", "function", "bot"))
"""Who speaks in records that programs talk to each other by; two of them are enough."""
_CHAT_STARTS: Final = frozenset("[(<@*")
_DASHES: Final = frozenset("\u2013\u2014\u2015")
_CHAT_HEADS: Final = BRACKET | SQUARE | LESS | DIGIT | BLANK
_SPEAKER_HEADS: Final = _CHAT_HEADS | DASH
"""What lines of a chat, and those of speakers without a name, begin with, if not with white space."""
_LONGEST_HEAD: Final = 100
"""Characters of a line among which a speaker's name ends."""
_NAMELESS: Final = frozenset("-@")
_ALONE: Final = regex(r"\s*[^\W\d_a-z][^\W\d_a-z' .]{1,30}[.:]?$")
_STOP: Final = regex("[.!?\u2026\u3002\u0964\u061f\uff1f\uff01][\"'\u201d\u00bb]?$")
_SPOKEN_END: Final = 0.7
"""Share of lines after a dash that end as sentences do, in a dialogue."""
_FIELD: Final = regex(r"\s*\*{0,2}([^\W\d_][\w-]*(?: [\w-]+){0,2})\s*\*{0,2}[:\uff1a]\*{0,2}(?:\s|$)")
_HEAD_NAMES: Final = (
    "from to cc bcc subject date sent reply-to re memo attn attachments message-id mime-version content- "
    "type received return-path importance von an betreff datum gesendet kopie antwort de à objet envoyé "
    "date pour para asunto fecha enviado assunto data da a oggetto inviato van aan onderwerp verzonden od "
    "do temat wysłano dw от кому тема дата отправлено копия від надіслано från till ämne skickat fra til "
    "emne sendt lähettäjä aihe konu kimden kime tarih από προς θέμα felado tárgy předmět komu expéditeur "
    "destinataire 发件人 收件人 主题 日期 差出人 宛先 件名 日時 보낸사람 받는사람 제목 "
    "من إلى الموضوع التاريخ מאת אל נושא तारीख विषय "
)
_HEADS: Final = frozenset(_HEAD_NAMES.split())


def subtitles(sheet: Sheet) -> Iterator[Claim]:
    """Claim cues: the number, the times and the text under them."""
    if not any("-->" in sheet.lines[i] for i in sheet.marked(GREATER)):
        return
    cues = [
        (first, stop)
        for first, stop in sheet.runs()
        if any(_TIMECODE.match(line) for line in sheet.lines[first : first + 3])
    ]
    if cues:
        yield cues[0][0], cues[-1][1], "subtitles"


def mail_heads(sheet: Sheet) -> Iterator[Claim]:
    """Claim heads of messages and memos: two known fields or more, one under the other, with folded lines."""
    for first, stop in sheet.runs_with(sheet.known.lines & (COLON | WIDE_COLON) > 0, 2):
        i = first
        while i < stop:
            end, known = i, set()
            while end < stop and (
                (match := _field(sheet, end)) or (end > i and sheet.lines[end][0] in " \t")
            ):
                name = match[1].casefold() if match else ""
                known |= {name} & _HEADS
                end += 1
            if len(known) >= 2:
                yield i, end, "mail"
            i = max(end, i + 1)


def _field(sheet: Sheet, line: int) -> re.Match[str] | None:
    """Match the name of a field at the head of a line."""
    if sheet.marks[line] & (COLON | WIDE_COLON):
        return _FIELD.match(sheet.lines[line][:_LONGEST_HEAD])
    return None


def quoted(sheet: Sheet) -> Iterator[Claim]:
    """Claim lines that quote a message, with the line that names its author."""
    start = stop = -1
    for i in sheet.marked(GREATER):
        if sheet.lines[i].lstrip()[:1] != ">" or sheet.owner[i] >= 0:
            continue
        if i > stop and start >= 0:
            yield start, stop, "mail"
        start, stop = (i if i > stop or start < 0 else start), i + 1
    if start >= 0:
        yield start, stop, "mail"


def chats(sheet: Sheet) -> Iterator[Claim]:
    """Claim lines of a chat: half of a paragraph's lines at least begin with who writes, and when."""
    for first, stop in sheet.runs_with(sheet.known.heads & _CHAT_HEADS > 0, 2):
        if sheet.lines[first].lstrip()[:1].isalpha() and sheet.lines[stop - 1].lstrip()[:1].isalpha():
            continue
        said = [
            i
            for i in range(first, stop)
            if sheet.heads[i] & _CHAT_HEADS
            and _CHAT.match(sheet.lines[i])
            and not _MARKUP.match(sheet.lines[i])
        ]
        if len(said) > 1 and len(said) * 2 >= stop - first:
            yield said[0], stop, "dialogue"


def dialogue(sheet: Sheet) -> Iterator[Claim]:
    """Claim chats, scripts and interviews: turns of speakers who speak again, one line or paragraph each."""
    lines = sheet.lines
    turns: list[tuple[int, str]] = []
    speaking = _speaking(sheet)
    for i in speaking if len(speaking) > 1 else ():
        who = speaker(lines[i], alone=i == 0 or not lines[i - 1])
        if who:
            turns.append((i, who))
    roles = [(i, who) for i, who in turns if who in _ROLES]
    if len({who for _, who in roles}) > 1:
        yield roles[0][0], _turn_end(lines, roles[-1][0]), "dialogue"
    if len(turns) < 3:
        return
    known = Counter(who for _, who in turns)
    spoken = [(i, who) for i, who in turns if known[who] > 1 or who in _NAMELESS]
    for group in _groups(lines, spoken):
        stop = _turn_end(lines, group[-1][0])
        if _is_dialogue([who for _, who in group], lines[group[0][0] : stop]):
            yield group[0][0], stop, "dialogue"


def _speaking(sheet: Sheet) -> list[int]:
    """Return the free lines that may name who speaks: by how they begin, or by a colon."""
    sure = (sheet.known.heads & _SPEAKER_HEADS > 0) | (sheet.known.lines & (COLON | WIDE_COLON) > 0)
    capitals = sheet.free_among((sheet.shapes.kinds & CAPITALS > 0) & ~sure)
    found = sheet.free_among((sheet.shapes.kinds & NAMED > 0) & sure)
    return sorted(found + [i for i in capitals if sheet.lines[i][:2].isupper()])


def _is_dialogue(names: Sequence[str], lines: Sequence[str]) -> bool:
    """Tell whether speakers take turns: two at least, who speak again, and not in the fixed order of fields."""
    different = set(names)
    if len(names) < 3 or 2 * len(names) < sum(map(bool, lines)) - sum(
        bool(_ALONE.match(line)) for line in lines
    ):
        return False
    if different <= _NAMELESS:
        return "@" in different or _SPOKEN_END * len(names) <= sum(bool(_STOP.search(line)) for line in lines)
    return len(different) >= 2 and len(names) >= 1.5 * len(different) and not _cycles(names, len(different))


def _cycles(names: Sequence[str], period: int) -> bool:
    """Tell whether names come in one order again and again, as the fields of records do: three or more of them."""
    return period > 2 and all(one == other for one, other in zip(names, names[period:], strict=False))


def speaker(line: str, *, alone: bool = False) -> str:
    """Return who speaks on a line: a name, `-` after a dash, `@` in a chat; nothing for other lines.

    >>> speaker("NURSE. He sleeps."), speaker("Anna: Yes."), speaker("<tom> hi"), speaker("It rained.")
    ('NURSE', 'anna', '@', '')
    """
    start = line.lstrip()[:1]
    if (start in _CHAT_STARTS or start.isdigit()) and _CHAT.match(line):
        return "@"
    if start in _DASHES:
        return "-" if _DASHED.match(line) else ""
    head = line[:_LONGEST_HEAD]
    if ":" in head or "\uff1a" in head:
        match = _TURN.match(line)
        if match and len(match[1]) <= 30 and _is_name(match[1]):
            return match[1].casefold()
    if head.lstrip()[:2].isupper() and (alone or "." in head or ":" in head):
        match = _SPEAKER.match(line)
        if match and len(match[1]) > 1:
            return match[1].strip(" .:")
    return ""


def _is_name(words: str) -> bool:
    """Tell whether every word begins with a capital, or the script has none."""
    return all(not word[0].islower() for word in words.split())


def _groups(lines: Sequence[str], turns: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Cut the turns where more than a few paragraphs of something else are between two of them."""
    group: list[tuple[int, str]] = []
    for turn in turns:
        if group and _paragraphs_between(lines, group[-1][0], turn[0]) > 1:
            yield group
            group = []
        group.append(turn)
    if group:
        yield group


def _paragraphs_between(lines: Sequence[str], first: int, stop: int) -> int:
    """Count the paragraphs that begin between two lines."""
    between = [i for i in range(first + 1, stop) if lines[i]]
    return sum(not lines[i - 1] or len(lines[i]) > 120 or len(lines[i - 1]) > 120 for i in between)


def _turn_end(lines: Sequence[str], i: int) -> int:
    """Return the line after a turn; a name alone on its line takes the paragraph under it."""
    stop = i + 1
    while stop < len(lines) and lines[stop] and len(lines[stop - 1]) < 120 and len(lines[stop]) < 120:
        stop += 1
    if (
        stop == i + 1
        and len(lines[i]) < 32
        and not lines[i].endswith(("!", "?"))
        and len(lines[i].split()) < 4
    ):
        following = next_text(lines, stop)
        while following < len(lines) and lines[following]:
            following += 1
            stop = following
    return stop
