"""The page: a template, its style sheet and its script, and a policy that allows nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from cleaner.report.views import Report


def render(report: Report) -> str:
    """Return the page as HTML; whatever comes from documents, rules or names of files is escaped."""
    return rendered("report.html.j2", report=report) + "\n"


def rendered(template: str, **values: Any) -> str:
    """Return what a template makes of some values, with the style sheet, the script and their policy."""
    style, script = _resource("style.css"), _resource("script.js")
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(style), script=Markup(script), policy=policy(style, script), **values)
    )


def policy(style: str, script: str = "") -> str:
    """Return the Content-Security-Policy under which nothing but this very style sheet and script is used.

    >>> policy("", "").split("; ")[1]
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _digest(content: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def number(value: int) -> str:
    """Write a number with thin spaces between thousands, which no language reads as a decimal sign.

    >>> number(1234567)
    '1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567'
    """
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_resource),
    )
    environment.filters["number"] = number
    return environment


@cache
def _resource(name: str) -> str:
    return files(__package__).joinpath("page_parts", name).read_text("utf-8")
