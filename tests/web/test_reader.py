"""The reader's view: paragraphs, anchors and the quoted range."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Document, Passage
from corpus.split import split
from qa.web.reader import Piece, paragraphs, pieces, quoted_range

TEXT = (
    "# 青禾三院\n\n## 床位\n青禾市三院有床位\n620张。还有名医。\n\n第二段。\n\n## 院长\n院长是王。"
)
SHOWN = {"quote": "<{}>", "break": "¶"}
DOCUMENT = Document("d/一", "青禾三院", TEXT, "d.md", hospitals=("青禾市第三人民医院",))


def shown(quote: tuple[int, int] | None = None, current: str = "") -> list[tuple[str, ...]]:
    return [
        (
            one.anchor,
            one.heading,
            "".join(SHOWN.get(p.kind, "{}").format(p.text) for p in one.pieces),
        )
        for one in paragraphs(DOCUMENT, split(DOCUMENT), quote, current)
    ]


def test_every_passage_is_in_running_lines_under_its_heading_with_its_breaks() -> None:
    assert shown() == [
        ("p1", "床位", "青禾市三院有床位620张。还有名医。¶第二段。"),
        ("p2", "院长", "院长是王。"),
    ]


def test_a_quote_is_set_off_across_a_hard_line_break() -> None:
    start = TEXT.index("有床位")
    end = TEXT.index("还有")
    assert shown((start, end))[0][2] == "青禾市三院<有床位620张。>还有名医。¶第二段。"


def test_a_quote_may_reach_over_paragraphs() -> None:
    texts = [text for _, _, text in shown((TEXT.index("还有"), TEXT.index("院长是")))]
    assert texts == ["青禾市三院有床位620张。<还有名医。>¶<第二段。>", "院长是王。"]


def test_the_passage_that_a_reader_came_for_is_known_by_id_and_by_anchor() -> None:
    for current in ("p2", "d/一#p2"):
        found = paragraphs(DOCUMENT, split(DOCUMENT), None, current)
        assert [one.current for one in found] == [False, True]
    assert not any(one.current for one in paragraphs(DOCUMENT, split(DOCUMENT)))


def test_unseen_characters_are_named() -> None:
    assert list(pieces("a\u202eb", "quote")) == [
        Piece("a", "quote"),
        Piece("U+202E", "control"),
        Piece("b", "quote"),
    ]


@given(st.text(max_size=60), st.integers(0, 70), st.integers(1, 70))
def test_any_quote_of_any_text_leaves_the_text_as_it_is(text: str, start: int, long: int) -> None:
    passage = Passage("d#p1", "d", text, 5, 5 + len(text))
    document = Document("d", "", "", "")
    plain = paragraphs(document, [passage])[0].pieces
    quoted = paragraphs(document, [passage], (start, start + long))[0].pieces
    assert "".join(p.text for p in quoted) == "".join(p.text for p in plain)


@given(st.text(max_size=12), st.integers(0, 100))
def test_a_range_that_is_none_is_none(text: str, length: int) -> None:
    found = quoted_range(text, length)
    assert found is None or 0 <= found[0] < found[1] <= length
