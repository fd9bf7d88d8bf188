"""Request bodies as dependencies: limited, decompressed, parsed, documented."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from sync_server.auth import ContextDep
from sync_server.bodies import ENCODINGS, ModelT, decoded, parsed, raw_body


def body_of(model: type[ModelT]) -> Callable[..., ModelT]:
    """Return a dependency that reads the body as a model, in a worker thread."""

    def read(
        request: Request,
        context: ContextDep,
        raw: Annotated[bytes, Depends(raw_body)],
    ) -> ModelT:
        encoding = request.headers.get("content-encoding", "")
        return parsed(model, decoded(raw, encoding, context.settings.max_body_bytes))

    return read


def documented(model: type[ModelT]) -> dict[str, Any]:
    """Return what OpenAPI says of such a body (`openapi_extra`)."""
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        "requestBody": {
            "required": True,
            "description": f"Content-Encoding: {', '.join(ENCODINGS)}.",
            "content": {"application/json": {"schema": reference}},
        }
    }
