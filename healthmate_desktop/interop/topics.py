"""Starter topics: Markdown with a YAML head that says what it is, how old, and where to check it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from healthmate_desktop.errors import InvalidInput

LONGEST = 200_000  # characters of a file
_HEAD = re.compile(r"\ufeff?---[ \t]*\n(.*?\n)---[ \t]*\n(.*)", re.DOTALL)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Address = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+(/\S*)?$", max_length=2000)]


def _only_a_date(value: object) -> object:
    """YAML reads 2026-11-22 as a date; pydantic would take a number for one too."""
    if type(value) is not dt.date:
        raise ValueError("not a date such as 2026-11-22")
    return value


Day = Annotated[dt.date, BeforeValidator(_only_a_date)]


class Authority(BaseModel):
    """A page of a health authority that the topic's facts can be checked against."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    url: Address


class Topic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    slug: Slug
    language: Literal["en", "es", "fr"] = "en"
    synonyms: tuple[Line, ...]
    audience: Line
    category: Literal["condition", "medicine", "test", "first-aid"]
    authorities: tuple[Authority, ...] = Field(min_length=1)
    published: Day = Field(alias="date")
    review: Line
    licence: Line
    body: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]  # Markdown

    @property
    def url(self) -> str:
        """The first page to check against; the words of the topic are the project's own."""
        return self.authorities[0].url


def parse_topic(text: str) -> Topic:
    """Raises InvalidInput that names the field which is missing or wrong."""
    parts = _HEAD.fullmatch(text.replace("\r\n", "\n")) if len(text) <= LONGEST else None
    if parts is None:
        raise InvalidInput(
            "This topic has no head between two lines of three dashes, or is too long. Correct the file."
        )
    try:
        head = yaml.safe_load(parts[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput("The head of this topic is not valid YAML. Correct the file.") from error
    if not isinstance(head, dict) or "body" in head:
        raise InvalidInput("The head of this topic is not a list of fields. Correct the file.")
    try:
        return Topic.model_validate({**head, "body": parts[2]})
    except ValidationError as error:
        fields = sorted({str(problem["loc"][0]) for problem in error.errors()})
        raise InvalidInput(
            f"In the head of this topic these fields are missing or wrong: {', '.join(fields)}. Correct the file."
        ) from error
