"""Near-duplicate passages on arrays: digest a shard, combine the shards, get a plan of what goes.

`settings` holds the parameters, `digest` reads UTF-8 bytes into a `table.PassageTable`, `combine`
turns the tables of all shards into a `plan.Plan`. No object is made for a single passage. Nothing
is imported here, so that the parameters can be read without numpy and numba.
"""
