"""Writes the messages beside the policies of ``tests/policies`` again; read the difference before you keep it.

``python -m tests.policy.write_expected``
"""

from pathlib import Path

from monitor.policy import check_policy

FOLDER = Path(__file__).parents[1] / "policies"


def findings(path: Path) -> str:
    """What the checker says of one file, a line each."""
    return "".join(f"{finding}\n" for finding in check_policy([(path.name, path.read_text(encoding="utf-8"))]))


def write() -> None:
    """Every bad policy has a file of messages; a good one only where it has warnings."""
    for path in sorted(FOLDER.glob("*/*.yaml")):
        expected, told = path.with_suffix(".expected"), findings(path)
        if told or path.parent.name == "bad":
            expected.write_text(told, encoding="utf-8")
        else:
            expected.unlink(missing_ok=True)


if __name__ == "__main__":
    write()
