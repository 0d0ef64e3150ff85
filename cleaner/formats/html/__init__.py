"""HTML pages: the article of a page, by trafilatura and a fitted choice of blocks."""
