"""Tools for authors of rules: new, suggest, bench, listing and the reference."""
