"""The command line is a contract: names, fields, exit codes, and one JSON object on standard output."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from processes import PASSPHRASE, Ran, Shell

from healthmate_desktop.composition import Commons, create_vault, open_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

LETTER = (
    "The ferritin result was 9 ug/L on 3 March.\nIron tablets were prescribed for three months."
)
EMERGENCY = "I have crushing chest pain that goes into my left arm and I am sweating"


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """A computer without a vault."""
    return Shell(tmp_path).make()


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, starter_library: Path) -> Shell:
    """A computer with a vault that is quick to unlock, one person in it, and the starter topics."""
    shell = Shell(tmp_path_factory.mktemp("cli")).make()
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    shutil.copytree(starter_library, shell.data / "library")
    return shell


@pytest.fixture(scope="module")
def added(shell: Shell) -> Ran:
    """Rosa, the only person."""
    return shell.run(
        "person", "add", "Rosa Harlow", "--birth-date", "1958-02-14", "--sex", "female"
    )


@pytest.fixture(scope="module")
def imported(shell: Shell, added: Ran) -> Ran:
    """Rosa's letter, twice; a file that can't be read; one that is not there."""
    assert added.code == 0
    desk = shell.folder / "desk"
    desk.mkdir()
    (desk / "a-letter.txt").write_text(LETTER, encoding="utf-8")
    (desk / "b-again.txt").write_text(LETTER, encoding="utf-8")
    (desk / "c-empty.pdf").write_bytes(b"")
    (desk / "d-unknown.bin").write_bytes(bytes(range(256)) * 4)
    return shell.run("import", desk, desk / "gone.pdf", "--accept-all")


@pytest.fixture
def with_library(empty: Shell, starter_library: Path) -> Shell:
    """A computer without a vault, but with the starter topics."""
    shutil.copytree(starter_library, empty.data / "library")
    return empty


def batch(shell: Shell, *lines: object) -> Path:
    file = shell.folder / "batch.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return file


# --- vault and person


def kept_files(shell: Shell) -> dict[Path, bytes]:
    """What is in the data folder, but for the event codes."""
    files = (path for path in shell.data.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.name != "events.log"}


def test_create_gives_the_recovery_key_once_and_check_finds_all_in_order(empty: Shell) -> None:
    created = empty.run("vault", "create")
    assert created.code == 0
    assert set(created.json) == {"recovery_key"}
    assert created.json["recovery_key"].startswith("AGE-SECRET-KEY-1")
    assert created.err == ""
    checked = empty.run("vault", "check")
    assert checked.json == {
        "ok": True,
        "people": 0,
        "documents": 0,
        "problems": [],
        "from_previous_header": False,
    }
    before = kept_files(empty)
    assert empty.run("vault", "create").error == "vault_exists"
    after = kept_files(empty)
    assert after == before
    assert not any(b"AGE-SECRET-KEY" in content.upper() for content in after.values())


def test_weak_passphrase_makes_nothing(empty: Shell) -> None:
    empty.passphrase_file().write_text("password1234", encoding="utf-8")
    assert empty.run("vault", "create").error == "invalid_input"
    assert not empty.data.exists() or not kept_files(empty)


def test_place_where_nothing_can_be_made_is_a_known_error(empty: Shell) -> None:
    empty.data.write_text("a file in the way", encoding="utf-8")
    assert empty.run("vault", "create").error == "vault_error"


def test_wrong_passphrase_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("something else altogether", encoding="utf-8")
    ran = shell.run("person", "list", HEALTHMATE_PASSPHRASE_FILE=str(wrong))
    assert ran.error == "wrong_passphrase"


def test_missing_vault_says_so(empty: Shell) -> None:
    assert empty.run("person", "list").error == "vault_missing"


@pytest.mark.parametrize("named", ["", "no-such-file"])
def test_without_a_passphrase_the_way_to_give_one_is_told(shell: Shell, named: str) -> None:
    ran = shell.run("person", "list", HEALTHMATE_PASSPHRASE_FILE=named)
    assert ran.error == "invalid_input"
    assert "HEALTHMATE_PASSPHRASE_FILE" in ran.json["error"]["message"]


def test_second_instance_is_refused_and_the_first_goes_on(shell: Shell) -> None:
    with closing(Commons(Paths(shell.data), Settings())) as commons:
        services = open_vault(Paths(shell.data), PASSPHRASE, commons)
        try:
            assert shell.run("person", "list").error == "vault_busy"
            services.patients.all()
        finally:
            services.close()


def test_person_is_added_and_listed(shell: Shell, added: Ran) -> None:
    person = added.json["person"]
    assert set(person) == {"id", "name", "birth_date", "sex"}
    assert isinstance(person["id"], str)
    listed = shell.run("person", "list")
    assert listed.json == {"people": [person]}
    assert (person["birth_date"], person["sex"]) == ("1958-02-14", "female")


@pytest.mark.parametrize("option", [("--sex", "f"), ("--birth-date", "14.2.1958")])
def test_wrong_date_and_sex_are_refused_before_the_vault_is_opened(
    empty: Shell, option: tuple[str, str]
) -> None:
    assert empty.run("person", "add", "Ann", *option).error == "invalid_input"


# --- import


def test_import_tells_of_each_file(imported: Ran, shell: Shell) -> None:
    files = imported.json["files"]
    assert imported.code == 0
    assert [file["status"] for file in files] == [
        "imported",
        "duplicate",
        "unreadable",
        "unsupported",
        "unreadable",
    ]
    for file in files:
        assert set(file) == {
            "path", "status", "kind", "document_id", "records", "problems", "seconds",
        }  # fmt: skip
        assert file["records"] == ({"Observation": 1} if file is files[0] else {})
        assert all(set(problem) == {"where", "message"} for problem in file["problems"])
    letter, again, empty, unknown, gone = files
    assert (letter["kind"], letter["problems"]) == ("text", [])
    assert letter["path"] == str(shell.folder / "desk" / "a-letter.txt")
    assert again["document_id"] == letter["document_id"]
    assert all(file["problems"] and file["kind"] is None for file in (empty, unknown, gone))
    assert gone["document_id"] is None


def test_values_of_a_page_wait_unless_all_are_accepted(shell: Shell, imported: Ran) -> None:
    accepted = shell.run("records", "list").json["records"]
    assert [(each["type"], each["value"], each["unit"]) for each in accepted] == [
        ("Observation", 9, "ug/L")
    ]
    assert "letter" in accepted[0]["doubts"][0]
    assert accepted[0]["source"]["document_id"] == imported.json["files"][0]["document_id"]
    page = shell.folder / "page.txt"
    page.write_text("Test       Result  Unit\nSodium     141     mmol/L\n", encoding="utf-8")
    (file,) = shell.run("import", page).json["files"]
    assert (file["status"], file["records"]) == ("proposed", {"Observation": 1})
    assert shell.run("records", "list").json["records"] == accepted


def test_progress_of_an_import_goes_to_standard_error(imported: Ran) -> None:
    assert imported.err.splitlines()[:2] == ["1 of 5: imported", "2 of 5: duplicate"]
    assert "letter" not in imported.err


def test_plain_words_come_without_json(shell: Shell, imported: Ran) -> None:
    assert imported.code == 0
    ran = shell.run_plain("vault", "check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["1 people, 4 documents.", "Everything is in order."]


# --- search, ask and triage


def test_search_gives_hits_of_both_shelves(shell: Shell, imported: Ran) -> None:
    ran = shell.run("search", "ferritin and iron tablets", "-k", "4")
    assert set(ran.json) == {"hits", "seconds"}
    hits = ran.json["hits"]
    assert 0 < len(hits) <= 4
    for hit in hits:
        assert {
            "passage_id", "document_id", "external_id", "title", "text", "page", "url", "score",
        } <= set(hit)  # fmt: skip
    own = next(hit for hit in hits if hit["shelf"] == "person")
    assert own["document_id"] == imported.json["files"][0]["document_id"]
    assert own["text"] in LETTER
    assert {hit["shelf"] for hit in hits} == {"person", "library"}


def test_library_is_searched_in_a_batch_without_a_vault(with_library: Shell) -> None:
    lines = batch(
        with_library,
        {"id": "q1", "text": "asthma"},
        "no json",
        {"id": "q3"},
        {"id": "q4", "text": 4},
        {"id": 5, "text": "heartburn"},
        ["list"],
        {"id": "q7", "text": "half \ud83d"},
    )
    ran = with_library.run(
        "search", "--batch", lines, "--scope", "library", "-k", "2", HEALTHMATE_PASSPHRASE_FILE=""
    )
    assert ran.code == 0
    assert [item["id"] for item in ran.lines] == ["q1", "2", "q3", "q4", 5, "6", "q7"]
    good, bad = [ran.lines[i] for i in (0, 4, 6)], [ran.lines[i] for i in (1, 2, 3, 5)]
    assert all(len(item["hits"]) == 2 for item in good)
    assert good[0]["hits"][0]["external_id"] == "asthma"
    assert {item["error"]["code"] for item in bad} == {"invalid_input"}


def test_library_is_searched_in_one_language_or_without_a_source(with_library: Shell) -> None:
    ask = ["search", "asthma", "--scope", "library", "-k", "3"]
    spanish = with_library.run(*ask, "--language", "es", HEALTHMATE_PASSPHRASE_FILE="")
    assert [hit["external_id"][-3:] for hit in spanish.json["hits"]] == ["-es"] * 3
    source = spanish.json["hits"][0]["document_id"].partition("/")[0]
    without = with_library.run(*ask, "--without", source, HEALTHMATE_PASSPHRASE_FILE="")
    assert (without.code, without.json["hits"]) == (0, [])
    unknown = with_library.run(*ask, "--without", "x1", HEALTHMATE_PASSPHRASE_FILE="")
    assert unknown.error == "invalid_input"
    assert "no source x1" in unknown.json["error"]["message"]
    assert f"{source} (Starter topics)" in unknown.json["error"]["message"]


QUESTION = "What was my ferritin result?"


@pytest.fixture(scope="module")
def asked(shell: Shell, imported: Ran) -> tuple[Ran, list[str]]:
    """Four questions of Rosa's, and the arguments of every process that was seen meanwhile."""
    assert imported.code == 0
    lines = batch(
        shell,
        {"id": "own", "text": QUESTION},
        {"id": "none", "text": "Which train goes to Leeds on Sundays?"},
        {"id": "empty", "text": " "},
        {"id": "danger", "text": EMERGENCY},
    )
    process = subprocess.Popen(
        shell.command("ask", "--batch", lines, "--json"),
        cwd=shell.folder,
        env=shell.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    seen: dict[int, list[str]] = {}
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        for found in [watched, *children_of(watched)]:
            seen[found.pid] = seen.get(found.pid) or arguments_of(found)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    assert process.stdout is not None
    with process.stdout as out:
        ran = Ran(process.returncode, out.read().decode(), "")
    return ran, [argument for arguments in seen.values() for argument in arguments]


def children_of(process: Any) -> list[Any]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def arguments_of(process: Any) -> list[str]:
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def test_ask_answers_each_line_with_citations_that_can_be_checked(
    asked: tuple[Ran, list[str]], imported: Ran
) -> None:
    ran, _ = asked
    document_id = imported.json["files"][0]["document_id"]
    assert ran.code == 0
    answers = {item["id"]: item for item in ran.lines}
    assert list(answers) == ["own", "none", "empty", "danger"]
    own = answers["own"]
    assert {"answer", "route", "triage", "tools", "disclaimer", "weights", "seconds"} <= set(own)
    assert {"triage", "retrieve", "first_token", "total"} <= set(own["seconds"])
    assert {"level", "reasons"} <= set(own["triage"])
    assert (own["route"], own["tools"]) == ("documents", [])
    sentence = own["answer"]["sentences"][0]
    assert set(sentence) == {"text", "supported", "citations"}
    assert sentence["text"] == "The ferritin result was 9 ug/L on 3 March."
    assert sentence["supported"] is True
    citation = sentence["citations"][0]
    assert (citation["kind"], citation["document_id"], citation["page"]) == (
        "passage",
        document_id,
        1,
    )
    assert LETTER[citation["start"] :].startswith(citation["quote"])
    assert {"id", "external_id", "quote"} <= set(citation)
    assert answers["none"]["answer"]["sentences"] == []
    assert answers["none"]["answer"]["note"]
    assert answers["empty"]["error"]["code"] == "invalid_input"
    assert (answers["danger"]["triage"]["level"], answers["danger"]["route"]) == (
        "emergency",
        "emergency",
    )


def test_mode_that_these_weights_cannot_do_is_refused(empty: Shell) -> None:
    ran = empty.run("ask", "How are you?", "--mode", "conversation")
    assert ran.error == "invalid_input"
    assert "evidence mode" in ran.json["error"]["message"]


def test_triage_needs_neither_vault_nor_model(empty: Shell) -> None:
    ran = empty.run("triage", EMERGENCY, "--country", "DE", HEALTHMATE_PASSPHRASE_FILE="")
    assert {"level", "reasons", "advice", "numbers"} <= set(ran.json)
    assert ran.json["level"] == "emergency"
    assert all({"rule", "title"} <= set(reason) for reason in ran.json["reasons"])
    assert all({"kind", "label", "number"} == set(number) for number in ran.json["numbers"])
    lines = batch(
        empty, {"id": "a", "text": EMERGENCY}, "{", {"id": "c", "text": "My knee itches."}
    )
    many = empty.run("triage", "--batch", lines, HEALTHMATE_PASSPHRASE_FILE="")
    assert [item["id"] for item in many.lines] == ["a", "2", "c"]
    assert many.lines[0]["level"] == "emergency"
    assert many.lines[1]["error"]["code"] == "invalid_input"
    assert not empty.data.exists()


# --- library


def test_library_takes_lists_and_forgets_sources(with_library: Shell) -> None:
    corpus = with_library.folder / "cf"
    corpus.mkdir()
    record = {"_id": "mucus-1", "title": "Mucus", "text": "Mucus is thick in cystic fibrosis."}
    (corpus / "corpus.jsonl").write_text(json.dumps(record), encoding="utf-8")
    damaged = with_library.folder / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7 and nothing more")
    ran = with_library.run("library", "add", corpus, damaged, HEALTHMATE_PASSPHRASE_FILE="")
    (source,) = ran.json["sources"]
    assert {"id", "title", "licence", "date", "passages"} <= set(source)
    assert (source["title"], source["passages"], source["kind"]) == ("cf", 1, "beir")
    assert [file["status"] for file in ran.json["files"]] == ["added", "unreadable"]
    listed = with_library.run("library", "list").json["sources"]
    assert [item["kind"] for item in listed] == ["starter", "beir"]
    assert listed[0]["bytes"] > listed[1]["bytes"] > 0
    assert with_library.run("library", "remove", source["id"]).json == {"removed": source["id"]}
    assert with_library.run("library", "remove", source["id"]).error == "not_found"


# --- machine


def test_weights_and_what_is_missing_are_listed(empty: Shell) -> None:
    weights = empty.run("weights", "list").json["weights"]
    assert {item["role"] for item in weights} >= {"embedder", "chat"}
    assert all({"name", "file", "licence", "size", "installed"} <= set(item) for item in weights)
    report = empty.run("doctor").json
    assert {"version", "python", "packages", "weights", "protections", "missing"} <= set(report)
    assert all(set(item) == {"what", "mend"} for item in report["missing"])
    assert not empty.data.exists()


# --- usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["vault", "no-such-command"],
        ["import"],
        ["search", "x", "-k", "none"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_prints_no_json(empty: Shell, arguments: list[str]) -> None:
    ran = empty.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


# --- secrets


@pytest.mark.security
def test_nothing_secret_is_an_argument_of_any_process(asked: tuple[Ran, list[str]]) -> None:
    _, arguments = asked
    assert "engine" in arguments
    secrets = (PASSPHRASE, "ferritin", "Rosa", "chest pain")
    assert not any(secret in argument for argument in arguments for secret in secrets)
