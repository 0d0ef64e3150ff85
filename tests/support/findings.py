"""What a step found, narrowed to the kind that a test is about."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.model import Edit, Finding


def edits_of(findings: Iterable[Finding]) -> list[Edit]:
    """Return findings all of which must be edits."""
    made = list(findings)
    edits = [finding for finding in made if isinstance(finding, Edit)]
    assert edits == made
    return edits
