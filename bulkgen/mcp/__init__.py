"""A folder of sheets as tools for an assistant (Model Context Protocol): a door like `cli/`, over the batch.

Nothing here prints: standard output belongs to the protocol. What spends money is confirmed in three ways: by the
plan's digest, by the count and the limit that the call repeats, and by the person where the assistant's program can
ask. The runs are processes of their own, which no assistant has to wait for.
"""
