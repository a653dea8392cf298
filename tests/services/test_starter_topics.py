"""The topics that came with the program are put in once, and follow its updates."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.errors import InvalidInput, UnreadableDocument
from services.library_desk import add_one, found

if TYPE_CHECKING:
    from pathlib import Path

    from services.conftest import Room

pytestmark = pytest.mark.integration

TOPIC = """---
title: {title}
slug: {slug}
synonyms: [{synonyms}]
audience: everyone
category: condition
authorities:
  - name: An authority
    url: https://example.org/{slug}
date: {date}
review: not reviewed by a clinician
licence: MIT
---

# {title}

{body}
"""


def topics(folder: Path, **bodies: str) -> Path:
    for slug, body in bodies.items():
        file = folder / "en" / f"{slug}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = TOPIC.format(
            title=slug.title(), slug=slug, synonyms=f"{slug} too", date="2026-11-22", body=body
        )
        file.write_text(text, encoding="utf-8")
    return folder


def test_starter_topics_are_put_in_once_and_found_by_their_other_names(
    room: Room, tmp_path: Path
) -> None:
    folder = topics(tmp_path / "starter", asthma="Wheezing is a sign.", flu="Rest helps.")
    for _ in range(2):
        finished(room.library.install_starter(folder))
    (source,) = room.library.sources()
    assert (source.kind, source.articles, source.note) == (
        "starter",
        2,
        "Not reviewed by a clinician",
    )
    assert str(source.published) == "2026-11-22"
    (hit, *_) = found(room, "asthma too")
    assert hit.passage.external_id == "asthma"
    assert hit.passage.url == "https://example.org/asthma"


def test_a_topic_without_other_names_says_none(room: Room, tmp_path: Path) -> None:
    file = topics(tmp_path / "starter", asthma="Wheezing is a sign.") / "en" / "asthma.md"
    file.write_text(file.read_text(encoding="utf-8").replace("[asthma too]", "[]"))
    finished(room.library.install_starter(tmp_path / "starter"))
    (article,) = room.library.articles(room.library.sources()[0].id)
    assert article.pages == ("# Asthma\n\nWheezing is a sign.",)


def test_changed_starter_topics_replace_the_old_ones(room: Room, tmp_path: Path) -> None:
    folder = topics(tmp_path / "starter", asthma="Wheezing is a sign.")
    finished(room.library.install_starter(folder))
    topics(folder, asthma="Coughing is a sign.")
    finished(room.library.install_starter(folder))
    (source,) = room.library.sources()
    (article,) = room.library.articles(source.id)
    assert "Coughing" in article.pages[0]
    assert not any("Wheezing" in hit.passage.text for hit in found(room, "wheezing sign"))


def test_update_cut_off_before_the_old_topics_were_removed_is_finished_later(
    room: Room, tmp_path: Path
) -> None:
    folder = topics(tmp_path / "starter", asthma="Wheezing is a sign.")
    finished(room.library.install_starter(folder))
    topics(folder, asthma="Coughing is a sign.")
    update = room.library.install_starter(folder)
    for _ in update:
        if len(room.library.sources()) == 2:
            break
    update.close()
    finished(room.library.install_starter(folder))
    (source,) = room.library.sources()
    assert "Coughing" in room.library.articles(source.id)[0].pages[0]


def test_stopped_starter_is_put_in_the_next_time(room: Room, tmp_path: Path) -> None:
    bodies = {
        f"topic-{i}": "\n\n".join(f"## H{j}\n\nFact {j}." for j in range(9)) for i in range(9)
    }
    folder = topics(tmp_path / "starter", **bodies)
    with closing(room.library.install_starter(folder)) as work:
        next(work)
    assert room.library.sources() == []
    finished(room.library.install_starter(folder))
    assert room.library.sources()[0].articles == 9


def test_own_sources_stay_when_the_starter_changes(room: Room, desk: Path, tmp_path: Path) -> None:
    own = add_one(room, *put(desk, mucus="Mucus is thick."))
    for body in ("Wheezing is a sign.", "Coughing is a sign."):
        finished(room.library.install_starter(topics(tmp_path / "starter", asthma=body)))
    assert own in room.library.sources()


def test_topics_that_cannot_be_read_are_told(room: Room, tmp_path: Path) -> None:
    folder = topics(tmp_path / "starter", asthma="Wheezing is a sign.")
    (folder / "en" / "bad.md").write_text("no head", encoding="utf-8")
    with pytest.raises(InvalidInput):
        finished(room.library.install_starter(folder))
    with pytest.raises(UnreadableDocument):
        finished(room.library.install_starter(tmp_path / "nowhere"))
    assert room.library.sources() == []
