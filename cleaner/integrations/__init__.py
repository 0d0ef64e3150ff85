"""Cleaning inside other people's pipelines: what their frameworks call, a module for each. None is imported here."""
