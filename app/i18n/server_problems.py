"""Sentences for who answers on the line, and how often one may ask."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.problems import ProblemCode
from app.i18n.translator import N_

SERVER_PROBLEMS: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.TOO_MANY_REQUESTS: N_(
            "The server asks this tablet to wait a little. Nothing is lost; "
            "this tablet will try again."
        ),
        ProblemCode.SERVER_CERTIFICATE_WRONG: N_(
            "Another machine answers in place of your server, or the server has a new "
            "key. Nothing was sent. Tell your administrator."
        ),
    }
)
