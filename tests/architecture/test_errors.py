"""The error tree: what its docstring draws is what there is, and every error has a bounded category."""

import importlib
import pkgutil
import re

import monitor
from monitor import errors
from monitor.errors import SlaMonitorError


def _all(root: type[SlaMonitorError]) -> set[type[SlaMonitorError]]:
    return {root}.union(*(_all(child) for child in root.__subclasses__()))


def test_the_tree_in_the_docstring_is_complete_and_true() -> None:
    for module in pkgutil.walk_packages(monitor.__path__, "monitor."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    drawn = set(re.findall(r"^\s*(?:[-x] )?(\w+Errors?)\b", errors.__doc__ or "", re.MULTILINE))
    assert drawn == {error.__name__ for error in _all(SlaMonitorError)}


def test_every_error_has_a_category_and_an_exit_code() -> None:
    for error in _all(SlaMonitorError):
        assert re.fullmatch(r"[a-z]+", error.category), error
        assert error.exit_code in (1, 2), error
