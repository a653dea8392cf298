"""What a resource needs of the file around it to stand on its own, kept beside its own elements.

FHIR lets a prescription name its medication by pointing to another record. Such a resource carries, under a key that
FHIR does not use, the few elements of that record that say what it is, and what its bundle called it. `original` takes
that off again, so that the resource can be handed on exactly as it came.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.facts.reading import Json, object_in, objects_in, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.proposals import Resource

CONTEXT = "_healthmate"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def with_context(
    resource: Mapping[str, Any], *, full_url: str = "", refers: Mapping[str, Json] | None = None
) -> Resource:
    """A copy that also knows what its bundle calls it and, by reference, what it points to.

    Only what is needed is kept; often that is nothing, and the copy equals the resource.
    """
    plain = original(resource)
    context: Json = {}
    if full_url and full_url != url_by_id(plain):
        context["fullUrl"] = full_url
    if refers:
        context["refers"] = dict(refers)
    return {**plain, CONTEXT: context} if context else plain


def original(resource: Mapping[str, Any]) -> Resource:
    """The resource as its sender wrote it."""
    return {key: value for key, value in resource.items() if key != CONTEXT}


def full_url_of(resource: Mapping[str, Any]) -> str:
    """What the bundle it came in called it; "" where that is not known."""
    return text_in(object_in(resource.get(CONTEXT)).get("fullUrl")) or url_by_id(resource)


def url_by_id(resource: Mapping[str, Any]) -> str:
    """The name that most bundles use for a resource whose id is a UUID; "" for other ids."""
    found = text_in(resource.get("id"))
    return f"urn:uuid:{found}" if _UUID.fullmatch(found) else ""


def referred(resource: Mapping[str, Any], reference: str) -> Json:
    """What a reference of this resource points to, as far as it is known here; {} if it is not."""
    if reference.startswith("#"):
        inner = objects_in(resource.get("contained"))
        return next((each for each in inner if text_in(each.get("id")) == reference[1:]), {})
    refers = object_in(object_in(resource.get(CONTEXT)).get("refers"))
    return object_in(refers.get(reference))
