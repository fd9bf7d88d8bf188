"""A device with a stick, for screens in process: what was saved, what is chosen."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.ui.device import Picked


@dataclass
class StickDevice:
    """Keeps what is saved; gives what lies on it, file by file, then nothing."""

    files: list[bytes] = field(default_factory=list)
    saved: dict[str, bytes] = field(default_factory=dict)
    awake: list[bool] = field(default_factory=list)
    is_broken: bool = False
    gives_up: bool = False

    def save(
        self,
        name: str,
        content: bytes,
        then: Callable[[bool], None],
        failed: Callable[[], None],
    ) -> None:
        """Save, give up, or fail."""
        if self.is_broken:
            failed()
            return
        if not self.gives_up:
            self.saved[name] = content
        then(not self.gives_up)

    def pick(
        self, then: Callable[[Picked | None], None], failed: Callable[[], None]
    ) -> None:
        """Choose the next file."""
        if self.is_broken:
            failed()
        elif self.files:
            then(Picked("file.tessera", self.files.pop(0)))
        else:
            then(None)

    def keep_awake(self, *, on: bool) -> None:
        """Note whether the screen is kept lit."""
        self.awake.append(on)
