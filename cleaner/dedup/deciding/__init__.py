"""Which passages are duplicates of which: candidates, exact verification, and the plan."""
