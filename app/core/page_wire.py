"""A page of a first sync: whole documents as the server holds them, not their log."""

from app.core.wire import Cursor
from app.core.wire_base import WireModel

PAGES = "pages."
"""What the cursor between two pages begins with: with it one asks for the next page."""


class DocumentItem(WireModel):
    """One record whole: the JSON text of app.core.document_pack, or of document_json.

    It holds each field's heads with stamp, author, device and site.
    """

    document: str


class DocumentPage(WireModel):
    """Documents, and the cursor to ask with next; after the last page, the feed's.

    Pages come in any order and as often as they like: a page twice is a page once.
    """

    cursor: Cursor
    documents: tuple[DocumentItem, ...]
    more: bool
    server_ms: int
