"""Where tablets reach this machine: the addresses of its own interfaces."""

import socket
import struct
import sys

# Linux's ioctl for an interface's IPv4 address; the answer is a struct ifreq.
_SIOCGIFADDR = 0x8915
_IFREQ_BYTES = 256
_ADDRESS = slice(20, 24)
# One of each private range, and one of the documentation's: where a route would go.
_PROBES = ("192.0.2.1", "10.255.255.254", "172.31.255.254", "192.168.255.254")


def own_addresses() -> list[str]:
    """Return this machine's IPv4 addresses, sorted; a hotspot has no default route."""
    found = {"127.0.0.1", *_of_interfaces()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for there in _PROBES:
            # Nothing is sent: this only asks which address would be used.
            try:
                probe.connect((there, 9))
            except OSError:
                continue
            found.add(probe.getsockname()[0])
    return sorted(found)


def _of_interfaces() -> set[str]:
    if sys.platform != "linux":
        return set()
    import fcntl  # noqa: PLC0415 - it is not on every platform

    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack(f"{_IFREQ_BYTES}s", name.encode())
            try:
                answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
            except OSError:  # it has no IPv4 address
                continue
            found.add(socket.inet_ntoa(answer[_ADDRESS]))
    return found
