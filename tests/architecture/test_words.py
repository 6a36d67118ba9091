"""Names: the glossary of ARCHITECTURE.md, no drawers for odds and ends, no unfinished business, nothing of one machine."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules, name_of, tree_of

DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base_manager", "tools"}
DRAWER_CLASS = re.compile(r"(Manager|Helper|Helpers|Util|Utils)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
LOCAL = re.compile(r"/(work|home|root|Users)/|\bpip\.conf\b|--index-url (?!emit)|files\.pythonhosted\.org|\blocalhost:[0-9]+/simple")
GLOSSARY = (
    "event",
    "contact",
    "clock",
    "deadline",
    "cycle",
    "verdict",
    "breach",
    "queue",
    "pane",
    "objective",
    "alert",
    "shard",
    "slice",
    "tick",
    "effect",
)
TEXT_SUFFIXES = {".py", ".md", ".yml", ".yaml", ".toml", ".lock", ".sh", ".xml", ".json"}
SELF = Path(__file__)


@pytest.mark.parametrize("path", modules(*PACKAGES, "tests"), ids=name_of)
def test_a_module_is_named_for_what_it_knows(path: Path) -> None:
    assert not DRAWERS & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef):
            assert not DRAWER_CLASS.search(node.name)


@pytest.mark.parametrize("path", modules(*PACKAGES), ids=name_of)
def test_a_module_says_its_duty_first(path: Path) -> None:
    assert ast.get_docstring(tree_of(path)), "no module docstring"


def project_texts() -> list[Path]:
    folders = [ROOT / name for name in (*PACKAGES, "tests", "deploy")]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in TEXT_SUFFIXES and "__pycache__" not in path.parts]
    return sorted(path for path in [*found, *ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"] if path != SELF)


@pytest.mark.parametrize("path", project_texts(), ids=name_of)
def test_nothing_is_unfinished_and_nothing_names_one_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        assert not UNFINISHED.search(text)
    assert not LOCAL.search(text)


@pytest.mark.parametrize("word", GLOSSARY)
def test_the_glossary_explains_each_word_of_the_code(word: str) -> None:
    assert re.search(rf"^\| \*{{0,2}}{word}\b", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.MULTILINE)
