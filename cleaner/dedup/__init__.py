"""Near-duplicate passages on arrays: tabulate a shard, combine the shards, get a plan of what is removed.

`parameters` holds the parameters, `tabulate` reads UTF-8 bytes into a `table.PassageTable`, `combine`
turns the tables of all shards into a `plan.Plan`. No object is made for a single passage. Nothing
is imported here, so that the parameters can be read without numpy and numba.
"""
