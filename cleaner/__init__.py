"""Turn scraped, half-broken text into a clean corpus, and account for every character."""
