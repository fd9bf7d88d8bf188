"""What the strip always shows."""

from dataclasses import dataclass
from enum import Enum


class Network(Enum):
    """Whether a server can be reached, as far as this tablet knows."""

    OFFLINE = "offline"
    ONLINE = "online"
    SENDING = "sending"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Status:
    """Who is unlocked, the network, and what exists on this tablet alone.

    `only_here` is None where the question makes no sense: a console has no vault.
    `zone` is the one in which all times stand, where sites have several.
    `is_damaged` where something of the records here can't be read.
    """

    practitioner: str | None = None
    network: Network = Network.OFFLINE
    only_here: int | None = 0
    oldest_minutes: int | None = None
    zone: str = ""
    is_damaged: bool = False
    is_unconfirmed: bool = False
    """Whether a colleague added who is unlocked, and nobody confirmed them."""
    unwritten: int = 0
    """Readings of records that the disk refuses to write down; they wait."""
