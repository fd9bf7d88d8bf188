"""What a coordinator decided to leave out: a push asks it, so reads alone."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from sync_server.set_aside_tables import LEFT_OUT


def left_out_among(
    connection: Connection, digests: Collection[bytes]
) -> frozenset[bytes]:
    """Return which of these header digests were left out."""
    if not digests:
        return frozenset()
    query = select(LEFT_OUT.c.header_digest)
    found = connection.scalars(query.where(LEFT_OUT.c.header_digest.in_(digests)))
    return frozenset(map(bytes, found))
