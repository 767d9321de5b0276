"""Answers as an engine gives them, made by hand."""

from collections.abc import Sequence

from corpus.model import Passage, Sentence
from qa.model import Answer, Citation, Hit, ScoredSentence

TEXT = "青禾市第三人民医院现有床位620张。"
CLOVER, HARBOUR = "青禾市第三人民医院", "白港县中心医院"


def hit(doc_id: str = "clover", hospital: str = CLOVER, text: str = TEXT) -> Hit:
    passage = Passage(f"{doc_id}#p1", doc_id, text, 0, len(text), hospital, (hospital,))
    sentence = ScoredSentence(Sentence(passage.passage_id, text, 0, len(text)), 0.8)
    return Hit(passage, 0.8, 1, 0.8, 5.0, (sentence,))


def cited(
    doc_id: str = "clover", hospital: str = CLOVER, quote: str = TEXT, value: str = "620张"
) -> Citation:
    start = 10 + quote.find(value)
    return Citation(
        marker=1,
        doc_id=doc_id,
        title="青禾三院这十年",
        publisher="青禾晚报",
        published="2022-03-04",
        source=f"news/{doc_id}.md",
        hospital=hospital,
        passage_id=f"{doc_id}#p1",
        quote=quote,
        start=10,
        end=10 + len(quote),
        marks=((start, start + len(value)),) if value else (),
    )


def answered(
    question: str = "青禾三院有多少张床？", citations: Sequence[Citation] = (cited(),)
) -> Answer:
    text = "\n".join(f"{one.quote}[{one.marker}]" for one in citations)
    return Answer(question, question, text, tuple(citations), (hit(),), 0.9, "answered")


def refused(question: str = "青禾三院停车多少钱？", *hits: Hit) -> Answer:
    text = "资料里没有说到这一点。"
    return Answer(question, question, text, (), hits, 0.1, "refused", "attribute_not_found")
