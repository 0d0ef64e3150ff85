"""Exceptions: what a rule must leave alone in some documents, and which exceptions never applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from cleaner.model import Edit, Fact, Finding, Flag


@dataclass(frozen=True, slots=True)
class Exemption:
    """Findings of `rule` (glob) in `document` (glob over keys) that contain `text` are dropped.

    A join contains the two lines that it joins.
    `place` is FILE:LINE of the configuration, for the report of exemptions that never applied.
    """

    rule: str
    document: str = "*"
    text: str = ""
    place: str = ""

    def covers(self, rule: str, key: str, text: str) -> bool:
        """Tell whether a finding of `rule` in document `key` about `text` is exempt.

        >>> Exemption("news/*", "essays/*", "Read").covers("news/read-also", "essays/a.txt", "Read also: x")
        True
        """
        return fnmatchcase(rule, self.rule) and fnmatchcase(key, self.document) and self.text in text


def exempt(
    findings: Iterable[Finding], key: str, text: str, exemptions: Sequence[Exemption]
) -> tuple[list[Finding], set[Exemption]]:
    """Return the findings in document `key` that no exemption covers, and the exemptions that did cover one.

    >>> edits = [Edit(0, 2, "Ad", "", "t/ad")]
    >>> exempt(edits, "a.txt", "Ad", [Exemption("t/ad")])[0]
    []
    """
    if not exemptions:
        return list(findings), set()
    kept: list[Finding] = []
    spared: list[Edit] = []
    used: set[Exemption] = set()
    for finding in findings:
        if isinstance(finding, Fact):
            kept.append(finding)
            continue
        told = _told(finding, text)
        covering = [exemption for exemption in exemptions if exemption.covers(finding.rule, key, told)]
        used.update(covering)
        if not covering:
            kept.append(finding)
        elif isinstance(finding, Edit):
            spared.append(finding)
    return _apart(kept, spared), used


def _apart(kept: list[Finding], spared: Sequence[Edit]) -> list[Finding]:
    r"""Return the findings with the line ends left that set a spared line apart from what is before it.

    Where lines are removed together, the first removal may take the line end before them all.

    >>> ads = [Edit(3, 7, "\n\nAd", "", "t/ad"), Edit(7, 13, "\nRead:", "", "t/read")]
    >>> _apart([ads[0]], [ads[1]])[0].old
    'Ad'
    """
    removals = {edit.end: k for k, edit in enumerate(kept) if isinstance(edit, Edit) and not edit.new}
    for edit in spared:
        at = edit.start
        first = None
        while (k := removals.get(at)) is not None:
            first, at = k, kept[k].start  # type: ignore[union-attr]
        if first is None:
            continue
        head = kept[first]
        if isinstance(head, Edit) and head.old.startswith("\n"):
            old = head.old.lstrip("\n")
            kept[first] = replace(head, start=head.end - len(old), old=old)
    return kept


def _told(finding: Edit | Flag, text: str) -> str:
    r"""Return the text that a finding is about: of a join, which takes a line end alone, the lines that it joins.

    >>> _told(Edit(3, 4, "\n", " ", "t/join"), "one\ntwo\nthree")
    'one\ntwo'
    >>> _told(Edit(0, 4, "one\n", "", "t/ad"), "one\ntwo")
    'one\n'
    """
    old = finding.old if isinstance(finding, Edit) else text[finding.start : finding.end]
    if isinstance(finding, Flag) or "\n" not in old or len(old.strip()) > 1:
        return old
    stop = text.find("\n", finding.end)
    return text[text.rfind("\n", 0, finding.start) + 1 : stop if stop >= 0 else len(text)]


def unused(exemptions: Sequence[Exemption], used: Iterable[Exemption]) -> list[str]:
    """Return a message for every exemption that never applied in a run.

    >>> unused([Exemption("t/ad", text="Ad", place="clean.yaml:3")], [])
    ["clean.yaml:3: the exception for t/ad ('Ad') never applied"]
    """
    seen = set(used)
    return [
        f"{exemption.place}: the exception for {exemption.rule}"
        + (f" ({exemption.text!r})" if exemption.text else "")
        + " never applied"
        for exemption in exemptions
        if exemption not in seen
    ]
