"""Bodies on the wire: zstd, gzip or as they are, within limits both ways."""

import hashlib
import threading
import zlib
from typing import TypeVar

import zstandard
from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from app.core.body_digest import DIGEST_HEADER, is_digest
from app.core.problems import ProblemCode
from sync_server.problems import ProblemError

ENCODINGS = ("zstd", "gzip", "identity")
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 6
_GZIP_WINDOW = 31
# What a decompressor may be asked to hold, whatever a frame's header claims.
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
_WORTH_COMPRESSING = 512
_JSON = "application/json"

ModelT = TypeVar("ModelT", bound=BaseModel)
# A compressor that two threads share crashes the process.
_thread = threading.local()


async def raw_body(request: Request) -> bytes:
    """Return the body as it came; refuse it as soon as it is too large.

    One whose Content-Digest says otherwise was damaged on its way, and is not read.
    """
    limit: int = request.app.state.context.settings.max_body_bytes
    chunks, total = [], 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > limit:
            raise ProblemError(ProblemCode.TOO_LARGE)
        chunks.append(chunk)
    body = b"".join(chunks)
    given = request.headers.get(DIGEST_HEADER)
    if given is not None and not is_digest(given, hashlib.sha256(body).digest()):
        raise ProblemError(ProblemCode.BODY_DAMAGED)
    return body


def decoded(raw: bytes, encoding: str, limit: int) -> bytes:
    """Return a body without its Content-Encoding, never more than `limit` bytes."""
    match encoding.strip().lower():
        case "" | "identity":
            plain = raw
        case "zstd":
            plain = _unzstd(raw, limit)
        case "gzip" | "x-gzip":
            plain = _gunzip(raw, limit)
        case _:
            raise ProblemError(ProblemCode.UNSUPPORTED_ENCODING)
    if len(plain) > limit:
        raise ProblemError(ProblemCode.TOO_LARGE)
    return plain


def _unzstd(raw: bytes, limit: int) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    try:
        size = zstandard.frame_content_size(raw)
        if size > limit:
            raise ProblemError(ProblemCode.TOO_LARGE)
        if size >= 0:
            return decompressor.decompress(raw, allow_extra_data=False)
        # Without a size in its header it is read as far as it may go.
        with decompressor.stream_reader(raw) as reader:
            return reader.read(limit + 1)
    except zstandard.ZstdError as error:
        raise ProblemError(ProblemCode.MALFORMED) from error


def _gunzip(raw: bytes, limit: int) -> bytes:
    decompressor = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = decompressor.decompress(raw, limit + 1)
    except zlib.error as error:
        raise ProblemError(ProblemCode.MALFORMED) from error
    is_cut = len(plain) <= limit and not decompressor.eof
    # A second member would be left unread, and what it said lost.
    if is_cut or decompressor.unused_data:
        raise ProblemError(ProblemCode.MALFORMED)
    return plain


def parsed(model: type[ModelT], plain: bytes) -> ModelT:
    """Return a body as a model; say whether it is not JSON or only not this."""
    try:
        return model.model_validate_json(plain)
    except ValidationError as error:
        kinds = {e["type"] for e in error.errors(include_input=False)}
        is_json = "json_invalid" not in kinds
        code = ProblemCode.MALFORMED if is_json else ProblemCode.NOT_JSON
        raise ProblemError(code) from error


def accepted_encoding(header: str) -> str:
    """Return the best encoding that an Accept-Encoding admits."""
    admitted = set()
    for part in header.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            admitted.add(name.strip())
    return next((e for e in ENCODINGS if e in admitted), "identity")


def answer(request: Request, model: BaseModel) -> Response:
    """Return a model as JSON in the best encoding that the other side knows."""
    plain = model.model_dump_json().encode()
    encoding = accepted_encoding(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if len(plain) < _WORTH_COMPRESSING or encoding == "identity":
        return Response(plain, 200, headers, _JSON)
    headers["Content-Encoding"] = encoding
    return Response(_compressed(plain, encoding), 200, headers, _JSON)


def _compressed(plain: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        compressor = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_WINDOW)
        return compressor.compress(plain) + compressor.flush()
    compressor_of_thread: zstandard.ZstdCompressor | None
    compressor_of_thread = getattr(_thread, "compressor", None)
    if compressor_of_thread is None:
        compressor_of_thread = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        _thread.compressor = compressor_of_thread
    return compressor_of_thread.compress(plain)
