"""A server of the Model Context Protocol: assistants clean a text, ask why a line changed, and try a rule.

`clean mcp` speaks on standard input and output. No tool reads or writes a file: texts come and go as values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from cleaner.api.cleaning import Cleaner
from cleaner.audit.trail import edit_lines
from cleaner.errors import CleanerError
from cleaner.model import Document


def clean_text(text: str, steps: list[str] | None = None, profile: str = "article") -> dict[str, Any]:
    """Clean a text; return what is left of it, every edit with its rule, and every flag."""
    doc = _cleaner(steps=steps, profile=profile).clean(Document("-", text))
    return {
        "text": doc.text,
        "edits": [
            {"rule": edit.rule, "old": edit.old, "new": edit.new, "note": edit.note} for edit in doc.edits
        ],
        "flags": [
            {"rule": flag.rule, "severity": flag.severity, "message": flag.message} for flag in doc.flags
        ],
    }


def explain_line(text: str, line: int) -> dict[str, Any]:
    """List every edit that touched one line of a text (counted from 1), with its rule; give the whole text."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        message = f"there is no line {line}: the text has {len(lines)}"
        raise CleanerError(message)
    start = sum(len(row) + 1 for row in lines[: line - 1])
    end = start + len(lines[line - 1])
    found = edit_lines(_cleaner().clean(Document("-", text)))
    edits = [edit for edit in found if edit["source_start"] <= end and edit["source_end"] >= start]
    return {
        "line": lines[line - 1],
        "edits": [{name: edit[name] for name in ("rule", "old", "new", "note")} for edit in edits],
    }


def try_rule(rule: dict[str, Any], text: str) -> dict[str, Any]:
    """Judge a rule (the keys of one entry of a rule file) with its own examples, and apply it alone to a text."""
    pack = {"pack": "tried", "rules": [rule]}
    cleaner = _cleaner(rules=[pack], select_rules=["tried/*"], unsafe=True)
    doc = cleaner.clean(Document("-", text))
    return {
        "text": doc.text,
        "removed": [edit.old for edit in doc.edits],
        "flags": [flag.message for flag in doc.flags],
    }


def server() -> MCPServer:
    """Return the server with its tools."""
    made = MCPServer("cleaner")
    for tool in (clean_text, explain_line, try_rule):
        made.add_tool(_told(tool))
    return made


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return a tool that tells the assistant what is wrong with a question; other errors are the server's own."""

    @wraps(tool)
    def asked(*args: Any, **given: Any) -> dict[str, Any]:
        try:
            return tool(*args, **given)
        except CleanerError as error:
            raise ToolError(str(error)) from error

    return asked


def _cleaner(**beside: Any) -> Cleaner:
    return Cleaner.from_config(**beside)
