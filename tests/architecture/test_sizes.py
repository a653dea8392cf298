"""Modules and functions stay short enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 500
LONGEST_FUNCTION = 40  # lines from `def` to the end, without the docstring
CHECKED = [
    file
    for folder in ("healthmate_desktop", "installer")
    for file in sorted((ROOT / folder).rglob("*.py"))
]

each_file = pytest.mark.parametrize("file", CHECKED, ids=lambda file: str(file.relative_to(ROOT)))


@each_file
def test_modules_are_short(file: Path) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{lines} lines: split it by what its parts are about"


@each_file
def test_functions_are_short(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {node.name: length(node) for node in functions if length(node) > LONGEST_FUNCTION}
    assert not long, f"functions longer than {LONGEST_FUNCTION} lines: {long}"


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= (docstring.end_lineno or 0) - docstring.lineno + 1
    return lines
