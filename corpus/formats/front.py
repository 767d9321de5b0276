"""Markdown files: YAML between two `---` lines at the top, then the text."""

import re

from corpus.formats.raw import Raw
from corpus.lazy_pattern import lazy_pattern
from qa.errors import CorpusError

_FRONT_MATTER = lazy_pattern(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def read_markdown(text: str) -> Raw:
    """Cut the front matter off; it becomes `meta`. Raises CorpusError when it is not YAML."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return Raw(text, markdown=True)
    import yaml

    try:
        front = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError) as error:  # ValueError: the 45th of a month, say
        raise CorpusError(
            f"the front matter is not YAML: {' '.join(str(error).split())}"
        ) from error
    except RecursionError as error:
        raise CorpusError("the front matter is nested too deeply") from error
    if front is None:  # nothing, or comments only
        front = {}
    if not isinstance(front, dict):
        raise CorpusError("the front matter is not a list of `key: value` lines")
    rest = text[match.end() :]
    if not rest.strip():
        raise CorpusError("there is nothing after the front matter")
    return Raw(rest, meta=front, markdown=True)
