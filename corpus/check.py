"""Check the built-in corpus: python -m corpus.check [FOLDER OF SOURCES]

Verifies the form of each file, that nothing stands twice, and that no alias means two subjects.
Given the folder of the source documents, it also verifies that no more than OVERLAP characters in
a row are taken over from them, quoted words aside. White space and punctuation do not count.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.fold import fold
from corpus.model import Document
from corpus.read import BUILTIN, SUFFIXES, read_corpus
from corpus.split import sentences, split
from qa.errors import CorpusError

OVERLAP = 20
KINDS = ("hospital", "news")
_QUOTED = re.compile("“[^”]*”|《[^》]*》")
_IGNORED = re.compile(r"[\W_]+")


def main(arguments: Sequence[str]) -> int:
    """Print every problem; return 1 if there is any."""
    documents = read_corpus([BUILTIN]).documents
    problems = [*form(documents), *duplicates(documents), *collisions(documents)]
    if arguments:
        sources = [path for path in sorted(Path(arguments[0]).iterdir()) if path.is_file()]
        if not sources:
            raise CorpusError(f"there are no source documents in {arguments[0]}")
        problems += overlaps(documents, [path.read_text(encoding="utf-8") for path in sources])
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{len(documents)} files checked, {len(problems)} problems\n")
    return int(bool(problems))


def form(documents: Iterable[Document]) -> Iterator[str]:
    """Yield what is missing in the front matter, and paragraphs that do not end as sentences do."""
    for document in documents:
        if not document.hospitals:
            yield f"{document.doc_id}: the front matter has no `name`"
        if document.meta.get("kind") not in KINDS:
            yield f"{document.doc_id}: `kind` must be one of {', '.join(KINDS)}"
        if not document.meta["aliases"]:
            yield f"{document.doc_id}: the front matter has no `aliases`"
        if document.doc_id not in {document.source.removesuffix(suffix) for suffix in SUFFIXES}:
            yield f"{document.doc_id}: the id is not the file's name ({document.source})"
        for passage in split(document):
            if not passage.text.endswith(("。", "”", "？", "！")):
                yield f"{passage.passage_id}: does not end with a full stop: …{passage.text[-10:]}"
            if passage.context.count(" ") == 0:
                yield f"{passage.passage_id}: stands under no heading"


def duplicates(documents: Iterable[Document]) -> Iterator[str]:
    """Yield sentences that stand more than once."""
    count = Counter(
        _bare(sentence.text)
        for document in documents
        for passage in split(document)
        for sentence in sentences(passage)
    )
    for text, times in count.items():
        if times > 1:
            yield f"stands {times} times: {text}"


def collisions(documents: Iterable[Document]) -> Iterator[str]:
    """Yield names that mean two subjects."""
    meant: dict[str, str] = {}
    for document in documents:
        for name in {fold(name) for name in (*document.hospitals, *document.meta["aliases"])}:
            other = meant.setdefault(name, document.doc_id)
            if other != document.doc_id:
                yield f"{name!r} means {other} and {document.doc_id}"


def overlaps(documents: Iterable[Document], sources: Iterable[str]) -> Iterator[str]:
    """Yield runs of more than OVERLAP characters that a document shares with a source."""
    length = OVERLAP + 1
    runs: set[str] = set()
    for source in sources:
        text = _bare(source)
        runs.update(text[i : i + length] for i in range(len(text) - OVERLAP))
    for document in documents:
        for line in document.text.splitlines():
            for part in _QUOTED.split(line):
                text = _bare(part)
                shared = (i for i in range(len(text) - OVERLAP) if text[i : i + length] in runs)
                first = next(shared, None)
                if first is not None:
                    yield f"{document.doc_id}: taken over: {text[first : first + length]}"


def _bare(text: str) -> str:
    return _IGNORED.sub("", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
