"""Write ``schemas/published`` anew from the code and the good events: ``python -m tests.schemas.generate`` (part of ``make gen``)."""

from pathlib import Path

import schemas
from schemas.publish import published_files
from tests.events import load_good

PUBLISHED = Path(schemas.__file__).parent / "published"


def main() -> None:
    """Write every file and delete those that are no longer published."""
    files = published_files(load_good())
    for path in [path for path in PUBLISHED.rglob("*") if path.is_file()]:
        if path.relative_to(PUBLISHED).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        target = PUBLISHED / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
