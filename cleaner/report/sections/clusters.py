"""Clusters of duplicate passages: the kept one, some of those that repeat it, and in what they differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from cleaner.audit.records import DuplicateLine
from cleaner.report.collected import Cluster, Collected
from cleaner.report.exceptions import exception
from cleaner.report.lookup import name
from cleaner.report.texts.marks import Piece, inline, shorten, visible

PASSAGE: Final = 600
"""Characters that are shown of one passage."""


@dataclass(frozen=True, slots=True)
class Member:
    """A passage that repeats the kept one; `text` is empty where nothing differs."""

    doc: str
    similarity: str
    kind: str
    differs: str
    action: str
    text: tuple[Piece, ...]
    exception: str


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A kept passage and those that repeat it."""

    size: int
    kind: str
    doc: str
    corpus: str
    text: tuple[Piece, ...]
    members: tuple[Member, ...]


def clusters(found: Collected, limit: int) -> tuple[ClusterView, ...]:
    """Return the largest clusters, and the largest of those with members that are not exact, in order of size."""
    chosen = {_key(cluster): cluster for cluster in found.clusters.largest()[: limit // 2]}
    for cluster in found.varied.largest():
        if len(chosen) < limit:
            chosen.setdefault(_key(cluster), cluster)
    for cluster in found.clusters.largest():
        if len(chosen) < limit:
            chosen.setdefault(_key(cluster), cluster)
    ordered = sorted(chosen.items(), key=lambda entry: (-entry[1].size, entry[0]))
    views = [view(cluster) for _, cluster in ordered]
    return tuple(sorted(views, key=lambda found: (-found.size, found.kind == "exact")))


def _key(cluster: Cluster) -> tuple[str, str, int]:
    line = cluster.line
    return line["kept_corpus"] or "", line["kept_doc"], line["kept_source_start"]


def view(cluster: Cluster) -> ClusterView:
    """Return what is shown of a cluster."""
    line = cluster.line
    members = sorted(cluster.members.items(), key=lambda member: (-member["similarity"], member["doc"]))
    kinds = {member["kind"] for member in members}
    return ClusterView(
        size=cluster.size,
        kind="exact" if kinds == {"exact"} else "near",
        doc=name(line["kept_doc"]),
        corpus=name(last_part(line["kept_corpus"] or "")),
        text=(Piece("same", visible(shorten(line["kept_text"], PASSAGE))),),
        members=tuple(map(_member, members)),
    )


def _member(line: DuplicateLine) -> Member:
    same = line["text"] == line["kept_text"]
    text, kept = shorten(line["text"], PASSAGE), shorten(line["kept_text"], PASSAGE)
    return Member(
        doc=name(line["doc"]),
        similarity=f"{line['similarity']:.3f}",
        kind=line["kind"],
        differs=", ".join(line["differs"]),
        action=line["action"],
        text=() if same else inline(text, kept),
        exception=exception("dedup/*", line["doc"], line["text"]) if line["action"] == "remove" else "",
    )


def last_part(path: str) -> str:
    r"""Return the last part of a path: what lies above it differs between machines.

    >>> last_part("/home/x/corpus/"), last_part("C:\\data\\corpus"), last_part("")
    ('corpus', 'corpus', '')
    """
    return PureWindowsPath(PurePosixPath(path).name).name
