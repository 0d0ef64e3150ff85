"""The end of a run: what each unit writes, and one output with its audit trail made of that."""
