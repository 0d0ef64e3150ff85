"""Dialogue and mail: plays, chats, interviews, subtitles, heads of messages, quoted lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.protected.claims import Claim, Sheet, next_text

_TIMECODE: Final = re.compile(r"\s*(?:\d\d:)?\d\d:\d\d[,.]\d{3} --> ")
_CHAT: Final = re.compile(
    r"\s*(?:[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?[\])]?\s*[-\u2013"
    r"|]?\s*(?:<[^>]{1,24}>|[@\w.'-]+(?: [\w.'-]+){0,2}:|\*)"
    r"|[\[(]?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?[\])]?\s*[-\u2013]?"
    r"\s*[^:]{1,30}:|<[@+]?[\w\[\]|^`-]{1,24}> )"
)
_MARKUP: Final = re.compile(r"\s*<(\w+)[^<>]*>.*</\1>|.*[;{}]$|.*\b(?:INFO|WARN|ERROR|DEBUG)\b")
_TURN: Final = re.compile(
    r"\s*(?:\*{0,2})([^\W\d_][\w.'\u2019-]*(?: (?:\w\.|[^\W\d_][\w.'\u2019-]*"
    r"|\d{1,2})){0,3})(?:\s*[(\[][^)\]]{1,60}[)\]])?(?:\*{0,2})\s?[:\uff1a](?:\*{0,2})(?:\s|$)"
)
_SPEAKER: Final = re.compile(
    r"\s*([^\W\d_a-z][^\W\d_a-z'\u2019. -]*(?:[ .][^\W\d_a-z'\u2019. -]+){0,3})"
    r"(?:\s*[(\[][^)\]]{1,60}[)\]])?[.:]?(?:\s{2,}\S.*|[.:]\s*\S.*)?$"
)
_DASHED: Final = re.compile(
    '\\s*[\u2013\u2014\u2015]\\s?[^\\W\\d_\u00bf\u00a1"\u00ab\u201e(]|\\s*[\u2014\u2015]\\s*\\S'
)
_QUOTED: Final = re.compile(r"\s*(?:>|&gt;)+(?:\s|$|\S)")
_FIELD: Final = re.compile(r"\s*\*{0,2}([^\W\d_][\w-]*(?: [\w-]+){0,2})\s*\*{0,2}[:\uff1a]\*{0,2}(?:\s|$)")
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
    if not any("-->" in sheet.lines[i] for i in sheet.odd):
        return
    cues = [
        (first, stop)
        for first, stop in sheet.runs()
        if any(_TIMECODE.match(line) for line in sheet.lines[first : first + 3])
    ]
    if cues:
        yield cues[0][0], cues[-1][1], "dialogue"


def mail_heads(sheet: Sheet) -> Iterator[Claim]:
    """Claim heads of messages and memos: two known fields or more, one under the other, with folded lines."""
    for first, stop in sheet.runs(2):
        i = first
        while i < stop:
            end, known = i, set()
            while end < stop and (
                (match := _FIELD.match(sheet.lines[end])) or (end > i and sheet.lines[end][0] in " \t")
            ):
                name = match[1].casefold() if match else ""
                known |= {name} & _HEADS
                end += 1
            if len(known) >= 2:
                yield i, end, "mail"
            i = max(end, i + 1)


def quoted(sheet: Sheet) -> Iterator[Claim]:
    """Claim lines that quote a message, with the line that says whose."""
    start = -1
    for i in range(len(sheet.lines) + 1):
        if i < len(sheet.lines) and sheet.lines[i].lstrip()[:1] == ">" and sheet.owner[i] < 0:
            start = i if start < 0 else start
        elif start >= 0:
            yield start, i, "mail"
            start = -1


def chats(sheet: Sheet) -> Iterator[Claim]:
    """Claim lines of a chat: half of a paragraph's lines at least begin with who writes, and when."""
    for first, stop in sheet.runs(2):
        said = [
            i for i in range(first, stop) if _CHAT.match(sheet.lines[i]) and not _MARKUP.match(sheet.lines[i])
        ]
        if len(said) > 1 and len(said) * 2 >= stop - first:
            yield said[0], stop, "dialogue"


def dialogue(sheet: Sheet) -> Iterator[Claim]:
    """Claim chats, scripts and interviews: turns of speakers who speak again, one line or paragraph each."""
    lines = sheet.lines
    turns: list[tuple[int, str]] = []
    for i, line in enumerate(lines):
        if line and sheet.owner[i] < 0:
            who = speaker(line, alone=i == 0 or not lines[i - 1])
            if who:
                turns.append((i, who))
    if len(turns) < 3:
        return
    known = Counter(who for _, who in turns)
    spoken = [(i, who) for i, who in turns if known[who] > 1 or who in ("-", "@")]
    for group in _groups(lines, spoken):
        names = {who for _, who in group}
        if (
            len(group) >= 3
            and (len(names) >= 2 or names <= {"-", "@"})
            and (names <= {"-", "@"} or len(group) >= 1.5 * len(names))
        ):
            last = group[-1][0]
            yield group[0][0], _turn_end(lines, last), "dialogue"


def speaker(line: str, *, alone: bool = False) -> str:
    """Return who speaks on a line: a name, `-` after a dash, `@` in a chat; nothing for other lines.

    >>> speaker("NURSE. He sleeps."), speaker("Anna: Yes."), speaker("<tom> hi"), speaker("It rained.")
    ('NURSE', 'anna', '@', '')
    """
    if _CHAT.match(line):
        return "@"
    if _DASHED.match(line):
        return "-"
    match = _TURN.match(line)
    if (
        match
        and len(match[1]) <= 30
        and (match[1][0].isupper() or match[1][0].lower() == match[1][0].upper())
    ):
        return match[1].casefold()
    match = _SPEAKER.match(line)
    if match and len(match[1]) > 1 and (alone or "." in line or ":" in line):
        return match[1].strip(" .:")
    return ""


def _groups(lines: Sequence[str], turns: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Cut the turns where more than a few paragraphs of something else stand between two of them."""
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
