"""Sentences for what is wrong with a file that was carried on a stick."""

from collections.abc import Mapping
from types import MappingProxyType

from app.core.problems import ProblemCode
from app.i18n.translator import N_

FILE_PROBLEMS: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.FILE_UNREADABLE: N_(
            "This file is damaged, or it is not a file of this app. Nothing was taken "
            "in, and nothing is lost: whoever made the file still has everything. "
            "Save it to the stick again."
        ),
        ProblemCode.FILE_FOREIGN: N_(
            "This file belongs to another organisation’s server. Nothing was taken in, "
            "and nothing is lost. Take it to where it belongs."
        ),
        ProblemCode.FILE_OF_ANOTHER_TABLET: N_(
            "This file was made for another tablet. Nothing was taken in. "
            "Take it to that tablet, or ask for the file of this one."
        ),
        ProblemCode.FILE_FORGED: N_(
            "This file does not come from where it says. Nothing was taken in. "
            "Keep it, and tell your administrator."
        ),
        ProblemCode.FILE_NOT_SAVED: N_(
            "The file could not be saved or opened here. Nothing is lost. "
            "Try again, or use another stick."
        ),
    }
)
