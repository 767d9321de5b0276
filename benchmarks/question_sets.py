"""The questions of `tests/data` and what they are asked of."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "tests" / "data"


def newspapers(part: str) -> list[tuple[Path, Path]]:
    """Return the folders of invented newspapers of "dev" or "test", each with its questions."""
    paths = sorted((DATA / "newspapers").glob(f"{part}_*.jsonl"))
    return [(path.with_suffix(""), path) for path in paths]
