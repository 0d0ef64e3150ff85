"""The signs at a line end within wrapped text: of a soft line end, or of an intended one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.engines.lazy import regex
from cleaner.steps.linebreaks.described_lines import View
from cleaner.steps.linebreaks.edges import STOPS, first_word_length
from cleaner.steps.linebreaks.wrapped.widths import Width

_HALF_STOPS = frozenset({"colon", "semicolon", "dash", "closer", "comma"})
_ROOM = (0.0, 0.04, 0.08, 0.12, 0.17, 0.25, 0.4)
_NEXT = (0.25, 0.5, 0.75, 0.85, 0.9, 0.95, 1.0, 1.1)
_SHARE = (0.2, 0.35, 0.5)
_RAGGED = (0.06, 0.12, 0.2)
_SHORT = (-0.15, -0.07, 0.0, 0.07, 0.15, 0.3)
_OVER = (-0.15, -0.07, 0.0)
_PARAGRAPHS = (0.06, 0.12, 0.2, 0.35, 0.6, 1.0)
"""Bounds of the steps into which lengths (in parts of the width) and shares are cut."""
_SPEECH_REACH = 6
_STOPS_REACH = 15


@dataclass(frozen=True, slots=True)
class Scene:
    """What the line ends of a text have in common: lines, lengths, whether blank lines set things apart."""

    view: View
    lengths: Sequence[int]
    spaced: bool


def signs(scene: Scene, gap: int, width: Width) -> list[str]:
    """Name the signs for and against a soft line end at a gap."""
    view, lengths, lines = scene.view, scene.lengths, scene.view.lines
    end, start = view.end(gap), view.start(gap + 1)
    kind = "stop" if end == "stop" else "half" if end in _HALF_STOPS else "open"
    room = _step(
        "room", _ROOM, (width.full - lengths[gap] - 1 - first_word_length(view.texts[gap + 1])) / width.full
    )
    short = _step("short", _SHORT, (width.low - lengths[gap]) / width.full)
    ragged = _step("ragged", _RAGGED, (width.full - width.low) / width.full)
    shown = [
        "any",
        f"end {end}",
        f"start {start}",
        f"{kind} then {start}",
        f"{room} {kind}",
        f"{room} {ragged}",
        f"{short} {kind}",
        f"{short} {ragged}",
        f"{_step('next', _NEXT, lengths[gap + 1] / width.full)} {kind}",
        f"{_step('share', _SHARE, width.share)} {kind}",
    ]
    if scene.spaced:
        shown += (f"spaced {kind}", f"spaced {room}", f"spaced {start}")
    indent = lines.indents[gap + 1] - lines.indents[gap]
    if indent:
        shown.append(f"indent {'more' if indent > 0 else 'less'} {kind}")
    if lengths[gap] > width.full * 1.15:
        shown.append("long line")
    if kind == "stop":
        shown += _stop_signs(scene, gap, width, short, ragged)
    elif _is_verse(view, gap):
        shown.append(f"verse {kind} {room}")
    if gap and not lines.blank[gap - 1]:
        if lengths[gap - 1] < 0.7 * width.full:
            shown.append(f"after short {kind}")
        if view.end(gap - 1) != "stop":
            shown.append(f"{room} {_step('over', _OVER, lengths[gap - 1] / width.full - 1)} {kind}")
    return shown


def _step(name: str, bounds: Sequence[float], value: float) -> str:
    return f"{name} {bisect_right(bounds, value)}"


def _stop_signs(scene: Scene, gap: int, width: Width, short: str, ragged: str) -> list[str]:
    """Name what tells the end of a paragraph from that of a sentence within one."""
    view, start = scene.view, scene.view.start(gap + 1)
    shown = [f"speech {speech(view, gap)} then {start}"]
    if view.texts[gap][-1] not in STOPS:
        shown.append(f"quoted stop then {start}")
    paragraphs = _step("paragraphs", _PARAGRAPHS, _paragraphs(scene, gap, width))
    shown += (f"{paragraphs} {short}", f"{paragraphs} {ragged}", f"stop {short} {ragged}")
    return shown


def _paragraphs(scene: Scene, gap: int, width: Width) -> float:
    """Estimate how many paragraphs end nearby for each sentence that ends within one.

    Paragraphs are counted by stops on short lines, sentences by stops inside lines.
    """
    view, short = scene.view, 0.75 * width.full
    around = range(max(0, gap - _STOPS_REACH), min(view.gaps, gap + _STOPS_REACH + 1))
    paragraphs = sum(scene.lengths[i] < short and i != gap and view.end(i) == "stop" for i in around)
    return (paragraphs + 0.3) / (sum(view.inner_stops(i) for i in around) + 1)


_SPEECH = regex(
    r"""(?x)
    (?P<opens> (?: (?<= [\s(\N{EM DASH}\N{EN DASH}-] ) | ^ ) ["\u201c-\u201f\u00ab\u00bb] (?= \w ) )
    | (?<= [\w.,;:!?\N{EM DASH}\N{HORIZONTAL ELLIPSIS}] ) ["\u201c-\u201f\u00ab\u00bb] (?! \w )
    """
)


def speech(view: View, gap: int) -> str:
    """Tell whether a gap is inside quotation marks: the last mark before it and the first one after it.

    `o` is a mark that opens, `c` one that closes, `-` none within a few lines.
    """
    texts, blank = view.texts, view.lines.blank
    before = after = "-"
    for i in range(gap, max(-1, gap - _SPEECH_REACH), -1):
        marks = list(_SPEECH.finditer(texts[i]))
        if marks:
            before = "o" if marks[-1]["opens"] else "c"
            break
        if i and blank[i - 1]:
            break
    for i in range(gap + 1, min(len(texts), gap + 1 + _SPEECH_REACH)):
        mark = _SPEECH.search(texts[i])
        if mark:
            after = "o" if mark["opens"] else "c"
            break
        if i < view.gaps and blank[i]:
            break
    return before + after


def _is_verse(view: View, gap: int) -> bool:
    """Tell whether every line around a gap starts with a capital, as lines of verse and of lists do."""
    around = range(max(0, gap - 1), min(len(view.texts), gap + 4))
    return len(around) >= 3 and all(view.start(i) not in ("lower", "uncased", "digit") for i in around)
