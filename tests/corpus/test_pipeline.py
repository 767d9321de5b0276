"""Any text on its way from a file to passages."""

from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.read import read_documents
from corpus.split import sentences, split

PAGE = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
        st.sampled_from(
            [
                "",
                "青禾市第三人民医院",
                "现有床位620张，病房楼共有18",
                "层。",
                "本报讯 （记者 林晓舟）近日，",
                "（上接第1版）",
                "▲图为新病房楼",
                "# 标题",
                "一、强化服务",
                "　　医院党委书记说，",
            ]
        ),
    ),
    max_size=30,
).map("\n".join)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(page=PAGE)
def test_any_text_survives_the_way_to_its_sentences(tmp_path: Path, page: str) -> None:
    path = tmp_path / "page.txt"
    path.write_text(f"正文：{page}", encoding="utf-8")
    documents = read_documents(path)
    taken: list[tuple[int, int]] = []
    for document in documents:
        assert document.text == documents[0].text
        for passage in split(document):
            assert document.text[passage.start : passage.end] == passage.text != ""
            taken.append((passage.start, passage.end))
            for sentence in sentences(passage):
                assert document.text[sentence.start : sentence.end] == sentence.text != ""
                assert passage.start <= sentence.start < sentence.end <= passage.end
    taken.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(taken))
