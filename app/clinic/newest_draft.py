"""Of what is typed faster than a disk writes, only the newest is kept."""

import threading
from collections.abc import Mapping

from app.clinic.drafting import DraftKeeper
from app.core.canonical import Json

Content = Mapping[str, Json]


class NewestDraft:
    """What is to be kept next of one screen's draft."""

    def __init__(self, keeper: DraftKeeper) -> None:
        self._keeper = keeper
        self._lock = threading.Lock()
        self._newest: tuple[int, Content] | None = None

    def take(self, content: Content) -> bool:
        """Take what was typed; tell whether a thread must come for it. On the loop."""
        with self._lock:
            is_idle = self._newest is None
            self._newest = self._keeper.typing(), content
        return is_idle

    def keep(self) -> Content:
        """Keep the newest of what was taken and return it; in a thread."""
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is None:
            raise LookupError("nothing was taken to be kept")
        number, content = newest
        self._keeper.keep(number, dict(content))
        return content
