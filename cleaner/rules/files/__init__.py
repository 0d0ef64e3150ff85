"""Rule files: from YAML to judged rules, in layers."""
