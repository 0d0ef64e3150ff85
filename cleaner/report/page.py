"""The page: a template, its style sheet, and a policy that allows nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from cleaner.report.views import Report


def render(report: Report) -> str:
    """Return the page as HTML; whatever comes from documents, rules or names of files is escaped."""
    style = _resource("style.css")
    return _template().render(report=report, style=Markup(style), policy=policy(style)) + "\n"


def policy(style: str) -> str:
    """Return the Content-Security-Policy under which nothing but this very style sheet is used.

    >>> policy("").split("; ")[1]
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def number(value: int) -> str:
    """Write a number with thin spaces between thousands, which no language reads as a decimal sign.

    >>> number(1234567)
    '1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567'
    """
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = number
    return environment.from_string(_resource("report.html.j2"))


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
