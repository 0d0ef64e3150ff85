"""The server of the Model Context Protocol, asked as a client asks it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.integrations.cases import TEXTS

pytest.importorskip("mcp", reason="the library mcp is not installed: pip install 'cleaner[mcp]'")
pytestmark = pytest.mark.filterwarnings("default")


def ask(tool: str, **arguments: Any) -> Any:
    from mcp import Client

    from cleaner.integrations.mcp import server

    async def asked() -> Any:
        async with Client(server()) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(asked())


def answer(tool: str, **arguments: Any) -> Any:
    return json.loads(ask(tool, **arguments).content[0].text)


RULE = {
    "id": "mill",
    "description": "Sponsor of the column",
    "scope": "line",
    "match": {"literal": ["Brought to you by the old mill on the river"]},
    "action": "drop",
    "safety": "safe",
    "examples": {
        "match": ["Brought to you by the old mill on the river"],
        "no_match": ["The old mill on the river was closed."],
    },
}


def test_a_text_is_cleaned() -> None:
    found = answer("clean_text", text=TEXTS[0])
    assert "Advertisement" not in found["text"]
    assert "boilerplate/en/advertisement" in {edit["rule"] for edit in found["edits"]}


def test_a_line_is_explained() -> None:
    found = answer("explain_line", text=TEXTS[0], line=3)
    assert found["line"] == "Advertisement"
    assert [edit["rule"] for edit in found["edits"]] == ["boilerplate/en/advertisement"]
    assert answer("explain_line", text=TEXTS[0], line=1)["edits"] == []


def test_a_rule_is_tried() -> None:
    found = answer("try_rule", rule=RULE, text=f"{TEXTS[1]}\n\nBrought to you by the old mill on the river\n")
    assert "old mill" not in found["text"]
    assert found["removed"]


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("explain_line", {"text": "a", "line": 2}, "there is no line 2"),
        ("try_rule", {"rule": {"id": "mill"}, "text": "a"}, "missing"),
    ],
)
def test_what_is_wrong_is_said(tool: str, arguments: dict[str, Any], message: str) -> None:
    result = ask(tool, **arguments)
    assert result.is_error
    assert message in result.content[0].text
