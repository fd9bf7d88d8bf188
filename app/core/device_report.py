"""What a tablet says of itself in a header of its requests: no name, no id.

`version;unsent;oldest;now`, such as `0.1.0;3;1790000000000;1790000900000`: how many
records exist only there, since when the oldest (UTC milliseconds, empty where there is
none), and what its clock shows.
"""

import re
from dataclasses import dataclass

REPORT_HEADER = "Tessera-Report"
_FORM = re.compile(r"([0-9A-Za-z.+-]{1,40});(\d{1,9});(\d{1,15})?;(\d{1,15})")


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One report; times are UTC milliseconds of the tablet's clock."""

    version: str
    unsent: int
    oldest_unsent_at: int | None
    now_ms: int

    def to_header(self) -> str:
        """Return the header's value."""
        oldest = "" if self.oldest_unsent_at is None else self.oldest_unsent_at
        return f"{self.version};{self.unsent};{oldest};{self.now_ms}"


def read_report(text: str) -> DeviceReport | None:
    """Read a header; None where it is absent or says something else."""
    found = _FORM.fullmatch(text)
    if found is None or not text.isascii():
        return None
    version, unsent, oldest, now = found.groups()
    return DeviceReport(version, int(unsent), int(oldest) if oldest else None, int(now))
