"""The regex syntax of rules: parsed, translated for RE2 and PCRE2, widened for the prefilter."""
