"""Code in its many forms: fences, source files, settings, and the signals by which a line is known as code."""
