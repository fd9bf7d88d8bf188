"""Notice, in words: what is said to the person fits the deployment."""

from dataclasses import replace

import pytest

from app.core.summary import Station
from app.core.wire import Deployment, Notice
from app.features.notice.model import Context
from app.features.notice.sentences import care, sentences
from app.i18n import Translator

DEPLOYMENT = Deployment(
    deployment_id="d",
    name="Port clinic",
    controller="Harbour Aid",
    contact="privacy@example.org",
    retention_days=30,
)
CONTEXT = Context(
    deployment=DEPLOYMENT,
    notice=Notice(version="2"),
    zone="Europe/Athens",
    station=Station.REGISTRATION,
    language="",
)


def kept_for(days: int) -> Context:
    """The context of a deployment that keeps records so long."""
    deployment = DEPLOYMENT.model_copy(update={"retention_days": days})
    return replace(CONTEXT, deployment=deployment)


@pytest.mark.parametrize(
    ("tag", "days", "sentence"),
    [
        ("en", 1, "The record is kept for 1 day, then it is erased."),
        ("en", 365, "The record is kept for 365 days, then it is erased."),
        ("ar", 2, "يُحفظ السجل يومين ثم يُمحى."),
        ("ar", 10, "يُحفظ السجل 10 أيام ثم يُمحى."),
    ],
)
def test_the_days_are_said_as_the_language_counts_them(
    tag: str, days: int, sentence: str
) -> None:
    said = [each.text for each in sentences(Translator(tag), kept_for(days))]
    assert sentence in said


@pytest.mark.parametrize("tag", ["en", "fr", "ar", "ti"])
def test_every_language_names_who_is_responsible_and_who_may_be_asked(
    tag: str,
) -> None:
    t = Translator(tag)
    said = sentences(t, CONTEXT)
    words = "\n".join(each.text for each in said)
    assert DEPLOYMENT.controller in words
    assert DEPLOYMENT.contact in words
    assert DEPLOYMENT.name in words
    assert t.missing == frozenset()
    assert all(each.is_rtl is t.is_rtl for each in said)


def test_that_care_rests_on_no_answer_is_the_last_that_is_said() -> None:
    t = Translator("fr")
    assert sentences(t, CONTEXT)[-1] == care(t, CONTEXT)
