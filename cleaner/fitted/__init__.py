"""Fitted models: their parameters as JSON, and the trees that some of them are made of.

`tools/fit_*.py` writes the JSON files; docs/data.md says what they were fitted on.
"""
