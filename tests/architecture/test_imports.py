"""Imports point one way, and each library has one owner. A change to these tables needs a note in docs/decisions."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "healthmate_desktop"
FILES = sorted((ROOT / PACKAGE).rglob("*.py"))

SEES_EVERYTHING = {"app", "cli", "composition", "self_check", "__main__"}
ADAPTERS = {"storage", "index", "inference", "documents", "security"}
MAY_IMPORT: dict[str, set[str]] = {
    "": set(),  # the package itself
    "errors": set(),
    "paths": {"errors"},
    "logs": {"errors", "domain"},
    "settings": {"errors"},
    "environment": set(),
    "children": {"errors", "environment", "logs"},
    "domain": {"errors"},
    "interop": {"domain", "errors"},
    "services": {"domain", "interop", "errors", "settings"},
    "ui": {"services", "domain", "errors", "settings", "paths", "logs"},
    **{adapter: {"domain", "errors", "settings", "children", "logs"} for adapter in ADAPTERS},
    # the reader child takes files of strangers apart, down to the records in them
    "documents": {"domain", "interop", "errors", "paths", "settings", "children", "logs"},
}

OWNERS: dict[str, set[str]] = {
    "PySide6": {"ui", "app", "__main__", "self_check"},
    "shiboken6": {"ui", "app", "__main__"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "sqlcipher3": {"storage"},
    "filelock": {"storage", "index"},
    "lancedb": {"index"},
    "pyarrow": {"index"},
    "llama_cpp": {"inference"},
    "onnxruntime": {"inference"},
    "tokenizers": {"inference"},
    "sentence_transformers": {"inference"},
    "pymupdf": {"documents"},
    "pytesseract": {"documents"},
    "PIL": {"documents", "self_check"},
    "pyrage": {"security"},
    "argon2": {"security"},
    "cryptography": {"security", "storage/signatures"},
    "xkcdpass": {"security"},
    "msgpack": {"children", "storage"},
    "yaml": {"interop", "documents"},
    "lxml": {"interop"},
    "charset_normalizer": {"documents"},
    "typer": {"cli"},
    "platformdirs": {"paths"},
    "psutil": {"security", "inference"},
    "pydantic": {"domain", "interop"},
    "numpy": {"domain", "services", "storage", "index", "inference", "documents"},
}
GUARDED: dict[str, set[str]] = {
    "threading": {
        "ui/tasks",
        "children",
        "inference",
        "storage",
        "index",
        "logs",
        "services/access",
    },
    "concurrent": {"ui/tasks", "index/candidates"},  # there two searches run side by side
    "subprocess": {"children", "documents", "app"},
    "asyncio": {"index"},  # a build that can be stopped is to be had from LanceDB so only
    "multiprocessing": set(),
    # nothing opens a connection; sending text away, with consent, will be a room of its own
    "socket": set(),
    "ssl": set(),
    "http": set(),
    "urllib": set(),
    "requests": set(),
    "httpx": set(),
    "openai": set(),
    "ftplib": set(),
    "smtplib": set(),
    "socketserver": set(),
    "xmlrpc": set(),
    # bytes from outside must not become code, and nothing of a real person lies in temporary files
    "pickle": set(),
    "marshal": set(),
    "shelve": set(),
    "tempfile": {"cli/demo", "self_check"},  # vaults with made-up people
}

SLOW = {  # most of a second or 50 MB each; the window shows before any of them is needed
    *("sqlalchemy", "alembic", "sqlcipher3", "lancedb", "pyarrow", "numpy", "pymupdf", "PIL"),
    *("llama_cpp", "onnxruntime", "tokenizers", "sentence_transformers", "transformers", "torch"),
}


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """`storage` for healthmate_desktop.storage.blobs, `errors` for healthmate_desktop.errors, else an empty string."""
    return module.partition(".")[2].partition(".")[0]


WINDOW_PATHS = {
    "entry point": [PACKAGE + ".__main__"],
    "window": [PACKAGE + ".app"],
    "screens": [PACKAGE + ".ui", *(module_of(file) for file in FILES if "ui" in file.parts)],
}

each_file = pytest.mark.parametrize("file", FILES, ids=module_of)


@each_file
def test_layers_point_one_way(file: Path) -> None:
    room = room_of(module_of(file))
    if room in SEES_EVERYTHING:
        return
    assert room in MAY_IMPORT, f"{room} has no place in the layer table"
    allowed = MAY_IMPORT[room] | {room, "", "__version__"}
    wrong = [
        f"line {found.line}: {found.name}"
        for found in imports_of(file)
        if found.name.split(".")[0] == PACKAGE and room_of(found.name) not in allowed
    ]
    assert not wrong, f"{room} must not import {wrong}"


@each_file
def test_each_library_stays_with_its_owner(file: Path) -> None:
    module = module_of(file)
    here = {room_of(module), module.partition(".")[2].replace(".", "/")}
    wrong = [
        f"line {found.line}: {found.name}"
        for found in imports_of(file)
        if not here & owners(found.name.split(".")[0], here)
    ]
    assert not wrong, f"{module} must not import {wrong}"


def owners(library: str, anybody: set[str]) -> set[str]:
    """Libraries that are not in the tables belong to nobody, so that a new one is noticed."""
    if library in GUARDED:
        return GUARDED[library]
    if library == PACKAGE or library in sys.stdlib_module_names:
        return anybody
    return OWNERS.get(library, set())


def test_tables_name_only_libraries_the_project_depends_on() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8").lower()
    names = {"PIL": "pillow", "yaml": "pyyaml", "argon2": "argon2-cffi", "shiboken6": "pyside6"}
    for library in OWNERS:
        assert names.get(library, library).replace("_", "-").lower() in pyproject, library


def test_no_module_needs_itself() -> None:
    """Imports inside functions count: a cycle hidden there is one all the same."""
    modules = {module_of(file): file for file in FILES}
    graph = {
        module: {
            needed_module(found.name, modules) for found in imports_of(file) if not found.for_types
        }
        - {module, None, PACKAGE}
        for module, file in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def needed_module(name: str, modules: dict[str, Path]) -> str | None:
    if name in modules:
        return name
    parent = name.rpartition(".")[0]
    return parent if parent in modules else None


@pytest.mark.parametrize("name", WINDOW_PATHS)
def test_window_opens_without_slow_libraries(name: str) -> None:
    modules = list(dict.fromkeys(WINDOW_PATHS[name]))
    program = f"import sys, importlib\nfor name in {modules}: importlib.import_module(name)\nprint(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert answer.returncode == 0, answer.stderr.splitlines()[-1]
    loaded = {module.split(".")[0] for module in answer.stdout.split()}
    assert PACKAGE in loaded
    assert not loaded & SLOW


@dataclass(frozen=True)
class Import:
    name: str  # dotted, a module or something in it
    line: int
    for_types: bool  # under `if TYPE_CHECKING:`


@cache
def imports_of(file: Path) -> tuple[Import, ...]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    return tuple(
        Import(name, node.lineno, id(node) in for_types)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in names_in(node)
    )


def names_in(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]
