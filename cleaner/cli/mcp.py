"""`clean mcp`: a server for assistants."""

from __future__ import annotations

import click

from cleaner.errors import UsageError


@click.command(short_help="Serve assistants by the Model Context Protocol.")
def mcp() -> None:
    """Answer assistants on standard input and output: clean a text, explain a line, try a rule.

    Nothing is read from or written to files. Needs the extra `mcp`.
    """
    try:
        from cleaner.integrations.mcp import server
    except ModuleNotFoundError as error:
        message = f"clean mcp needs the extra mcp: pip install 'cleaner[mcp]' ({error})"
        raise UsageError(message) from None
    server().run()
