"""Deduplication in shuffles: the decision of `cleaner.dedup.deciding`, by tasks on many machines.

The corpus is cut into blocks of consecutive shards. What the blocks know of passages meets in parts: equal
digests, equal band keys. Nothing but counts reaches the driver, and what is decided is the same, passage
by passage:

    collapse   the first of the passages with equal tokens
    meeting    the long ones that share a band key with another, in buckets
    windows    of each bucket the first few that are not removed, with whom the others are compared
    keeping    rounds: a passage is decided once all earlier ones that it is compared with are
    shorts     copies, runs and repeats, which follow from that
    layout     which passage is kept in the end for each removed one, and where it is
    combine    the order of it all

Every step reads files of the work folder and what it is sent, and writes files that nobody changes any
more; a step that has ended is not done again by a run that is resumed.
"""
