"""YAML text as a tree of nodes that remember file and line; overlays are merged on this tree.

Scalars follow the YAML 1.2 core schema: ``true``/``false`` are booleans, decimal numbers are numbers, ``null``, ``~`` and
nothing are null, and all else is text. So ``on``, ``no``, ``09:00`` and ``2026-10-01`` stay the text they look like,
where YAML 1.1 would make a boolean, a number of minutes and a date of them. Anchors, aliases and ``<<`` work.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec
import yaml

from monitor.errors import PolicyError

Scalar = None | bool | int | float | str
Plain = Scalar | list["Plain"] | dict[str, "Plain"]
Step = str | int

_MAX_NODES: Final = 200_000
_INT = re.compile(r"[-+]?\d+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
_WORDS: Final[dict[str, Scalar]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_CORE: Final = "tag:yaml.org,2002:"
_TAGS: Final = frozenset({"!"} | {_CORE + kind for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")})


class Node(msgspec.Struct, frozen=True):
    """One value and where it stands; ``line`` counts from 1 and, inside a map, is that of the key."""

    value: "Scalar | list[Node] | dict[str, Node]"
    file: str
    line: int

    def plain(self) -> Plain:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def nearest(self, path: Sequence[Step]) -> "Node":
        """The node at ``path``, or the last one on the way that exists."""
        node = self
        for step in path:
            inner = node.value
            if isinstance(inner, dict) and step in inner:
                node = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                node = inner[step]
            else:
                break
        return node


def parse(file: str, text: str) -> Node:
    """One YAML document as nodes. Raises PolicyError with file and line."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        return Node({}, file, 1) if root is None else _Reader(file).read(root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PolicyError(f"not YAML: {error.problem or error.context}", file=file, line=mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:
        raise PolicyError(f"not YAML: {error}", file=file, line=1) from error
    except RecursionError as error:
        raise PolicyError("nested too deeply", file=file, line=1) from error


def merge(below: Node, above: Node) -> Node:
    """An overlay on a policy: maps merge key by key, an explicit null removes the key, all else (lists too) is replaced."""
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    merged = dict(below.value)
    for key, node in above.value.items():
        if node.value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged[key], node) if key in merged else node
    return Node(merged, above.file, above.line)


class _Reader:
    """Turns the nodes of the YAML library into ours, guarding against duplicate keys, loops and endless aliases."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0

    def read(self, node: yaml.Node, inside: tuple[yaml.Node, ...], line: int = 0) -> Node:
        self._count += 1
        line = line or node.start_mark.line + 1
        if node.tag not in _TAGS:
            raise PolicyError(f"the tag {node.tag.removeprefix(_CORE)} is not used in policies", file=self._file, line=line)
        if self._count > _MAX_NODES:
            raise PolicyError(f"more than {_MAX_NODES} values", file=self._file, line=line)
        if any(node is outer for outer in inside):
            raise PolicyError("an alias inside its own anchor", file=self._file, line=line)
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, (*inside, node)), self._file, line)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.read(item, (*inside, node)) for item in node.value], self._file, line)
        return Node(self._scalar(node), self._file, line)

    def _mapping(self, node: yaml.MappingNode, inside: tuple[yaml.Node, ...]) -> dict[str, Node]:
        own: dict[str, Node] = {}
        inherited: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise PolicyError("a key must be plain text", file=self._file, line=line)
            key = key_node.value
            if key == "<<" and key_node.style is None:
                inherited |= self._inherited(value_node, inside, line)
            elif key in own:
                raise PolicyError(f"duplicate key `{key}` (first on line {own[key].line})", file=self._file, line=line)
            else:
                own[key] = self.read(value_node, inside, line)
        return inherited | own

    def _inherited(self, node: yaml.Node, inside: tuple[yaml.Node, ...], line: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in reversed(sources):
            read = self.read(source, inside)
            if not isinstance(read.value, dict):
                raise PolicyError("`<<` takes a map or a list of maps", file=self._file, line=line)
            found |= read.value
        return found

    def _scalar(self, node: yaml.Node) -> Scalar:
        text = str(node.value)
        if isinstance(node, yaml.ScalarNode) and (node.style is not None or node.tag == "!"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text) and len(text) < 20:
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
