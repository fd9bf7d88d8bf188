"""The seam between a tablet and its server: what is asked, and asked over HTTP."""

from typing import Protocol

import httpx

from app.core.wire import (
    API_PREFIX,
    ChainStatus,
    EnrolRequest,
    EnrolResponse,
    Health,
    PullResponse,
    PushRequest,
    PushResponse,
    Setup,
)
from app.sync.channel import HttpChannel, Traffic


class Gateway(Protocol):
    """What a device asks of a server; every method raises SyncFailure alone.

    All of them may be repeated: the same question twice leaves the same state.
    """

    @property
    def traffic(self) -> Traffic:
        """Bytes of bodies over the wire so far."""

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        """Present a one-time code and a new device's public key."""

    def setup(self) -> Setup:
        """Return what the tablet must know to work offline."""

    def push(self, batch: PushRequest) -> PushResponse:
        """Hand over a signed batch and return what became of each operation."""

    def pull(self, cursor: str, limit: int) -> PullResponse:
        """Return the page of the feed after a cursor; "" is the beginning."""

    def chain(self) -> ChainStatus:
        """Return where this device's chain stands at the server."""

    def health(self) -> Health:
        """Return whether a Tessera server is up there."""


class HttpGateway:
    """Gateway over HTTP with this device's token; threads may share it."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._channel = HttpChannel(url, token, transport)

    @property
    def traffic(self) -> Traffic:
        """Bytes of bodies over the wire so far."""
        return self._channel.traffic

    @property
    def channel(self) -> HttpChannel:
        """The line to the server, for what is no part of push and pull."""
        return self._channel

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        """Present a one-time code and a new device's public key."""
        return self._channel.post(f"{API_PREFIX}/enrol", EnrolResponse, request)

    def setup(self) -> Setup:
        """Return what the tablet must know to work offline."""
        return self._channel.get(f"{API_PREFIX}/setup", Setup)

    def push(self, batch: PushRequest) -> PushResponse:
        """Hand over a signed batch and return what became of each operation."""
        return self._channel.post(f"{API_PREFIX}/push", PushResponse, batch)

    def pull(self, cursor: str, limit: int) -> PullResponse:
        """Return the page of the feed after a cursor; "" is the beginning."""
        params = {"cursor": cursor, "limit": str(limit)}
        return self._channel.get(f"{API_PREFIX}/pull", PullResponse, params)

    def chain(self) -> ChainStatus:
        """Return where this device's chain stands at the server."""
        return self._channel.get(f"{API_PREFIX}/chain", ChainStatus)

    def health(self) -> Health:
        """Return whether a Tessera server is up there."""
        return self._channel.get("/health", Health)

    def close(self) -> None:
        """Close every connection."""
        self._channel.close()
