"""What a screen hears while it stands: begun once, over as it is left."""

from collections.abc import Callable
from typing import TypeVar

from app.ui.work import Work

News = TypeVar("News")
Stop = Callable[[], None]


class Listening:
    """A screen's subscription and clock; what is told comes on its event loop."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._stop: Stop | None = None
        self._stop_clock: Stop = lambda: None
        self._is_over = False

    def begin(
        self,
        subscribe: Callable[[Callable[[News], None]], Stop],
        tell: Callable[[News], None],
    ) -> None:
        """Hear of news from now on; a second time changes nothing."""
        if self._stop is None and not self._is_over:
            self._stop = subscribe(lambda news: self._post(lambda: tell(news)))

    def again_in(self, seconds: float, call: Callable[[], None]) -> None:
        """Call once after a time; asked again, the time begins anew."""
        self._stop_clock()
        if not self._is_over:
            self._stop_clock = self._work.later(seconds, call)

    def end(self) -> None:
        """The screen is left: nothing is told any more, not even what is on its way."""
        self._is_over = True
        self._stop_clock()
        if self._stop is not None:
            self._stop()

    def _post(self, call: Callable[[], None]) -> None:
        self._work.post(lambda: None if self._is_over else call())


def of_patient(
    patient_id: str, tell: Callable[[], None]
) -> Callable[[frozenset[str]], None]:
    """Tell of the changes of one patient alone."""

    def changed(patient_ids: frozenset[str]) -> None:
        if patient_id in patient_ids:
            tell()

    return changed
