"""House style: a module is one idea (at most 300 lines, half of them at most 120), a function fits on a screen."""

import ast
import statistics
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, modules, name_of, tree_of

MODULE_LINES = 300
MEDIAN_LINES = 120
FUNCTION_LINES = 40
PARAMETERS = 6


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", modules(*PACKAGES, "tests"), ids=name_of)
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    assert lines(path) <= MODULE_LINES


def test_half_of_the_modules_are_at_most_120_lines() -> None:
    assert statistics.median(lines(path) for path in modules(*PACKAGES) if lines(path) > 1) <= MEDIAN_LINES


@pytest.mark.parametrize("path", modules(*PACKAGES), ids=name_of)
def test_no_function_is_longer_than_40_lines_or_takes_more_than_6_arguments(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = node.body[0].end_lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
            assert (node.end_lineno or 0) - (start or 0) + 1 <= FUNCTION_LINES, node.name
            arguments = [a for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")]
            is_command = any("command" in ast.unparse(decorator) for decorator in node.decorator_list)  # click passes one for each option
            assert is_command or len(arguments) <= PARAMETERS, node.name
