"""Where input and output lie: on this machine, or at an address that fsspec opens.

A `Place` is a `Path` or a `RemotePath`; both are values that any process, on any machine, can be given
and opens by itself (`place.open("rb")`), so a `Segment` describes a piece of input completely. Local paths stay
plain paths: nothing here stands between them and the file system, and fsspec is imported only once a
remote place was given.

    places     `place(text)`: what an argument of the command line names
    remote     `RemotePath`: reading in ranges, with retries where a connection drops
    transfer   whole folders there and back: `deliver` an output, `mirror` one, `fetch` a file

What is written to a remote place is complete on this machine first; its last file, which makes it valid, is moved
into place when all others are there and were compared with their checksums.
"""
