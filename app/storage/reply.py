"""To whom the server's answer is sealed: a pair whose private half needs an unlock."""

from app.core.parcel import ReplyTo
from app.storage.hpke import BoxKey
from app.storage.unlocked import Unlocked

_BOX = "answers/box"


def answer_box(parts: Unlocked) -> BoxKey:
    """Return the pair that answers are sealed to; made and kept at the first call."""
    with parts.database.lock:
        with parts.database.read() as driver:
            raw = parts.local.get(driver, _BOX)
        if raw is not None:
            return BoxKey(raw)
        box = BoxKey.generate()
        with parts.database.write() as transaction:
            parts.local.put(transaction.driver, _BOX, box.private_bytes)
        return box


def reply_to(parts: Unlocked, acknowledged: int) -> ReplyTo:
    """Return what goes with a parcel, signed by this device."""
    surroundings, state = parts.surroundings, parts.state
    said = ReplyTo(
        cursor=state.cursor,
        acknowledged=acknowledged,
        public_key=answer_box(parts).public_bytes,
        written_at=surroundings.wall(),
    )
    signature = surroundings.signing_key.sign(said.signed_bytes(state.head.device_id))
    return said.model_copy(update={"signature": signature})
