"""How documents are cited."""

import pytest

from qa.references import reference


@pytest.mark.parametrize(
    ("given", "gbt7714", "plain"),
    [
        (
            ("建设区域医疗中心", "青山日报", "2021-05-10", "renhe.md"),
            "建设区域医疗中心[N]. 青山日报, 2021-05-10.",
            "《建设区域医疗中心》，青山日报，2021-05-10。",
        ),
        (
            ("以高质量党建引领", "长治市人民医院 - 长治市医报", "", "a.md"),
            "以高质量党建引领[N]. 长治市人民医院 - 长治市医报.",
            "《以高质量党建引领》，长治市人民医院 - 长治市医报。",
        ),
        (("题目", "", "", "a.pdf"), "题目[Z].", "《题目》。"),
        (("题目", "", "2020", "a.pdf"), "题目[Z]. 2020.", "《题目》，2020。"),
        (
            ("题目", "某医院", "2020-01-02", "https://a.example/b?c=d"),
            "题目[EB/OL]. 某医院 (2020-01-02). https://a.example/b?c=d.",
            "《题目》，某医院，2020-01-02，https://a.example/b?c=d",
        ),
        (
            ("题目", "", "", "http://a.example/b"),
            "题目[EB/OL]. http://a.example/b.",
            "《题目》，http://a.example/b",
        ),
        (
            ("A new wing", "The Daily News", "2020", "x.txt"),
            "A new wing[N]. The Daily News, 2020.",
            "“A new wing”, The Daily News, 2020.",
        ),
    ],
)
def test_what_is_known_is_cited_and_what_is_not_leaves_no_mark(
    given: tuple[str, str, str, str], gbt7714: str, plain: str
) -> None:
    assert reference(*given) == {"gbt7714": gbt7714, "plain": plain}


def test_a_title_within_a_title_gets_the_inner_marks() -> None:
    assert reference("读《意见》有感", "", "", "")["plain"] == "《读〈意见〉有感》。"


def test_a_title_of_several_lines_is_one_line() -> None:
    assert reference("勇担使命\n  惠泽百姓", "", "", "")["gbt7714"] == "勇担使命 惠泽百姓[Z]."


def test_a_file_name_is_no_address() -> None:
    assert "EB/OL" not in reference("题目", "", "", "https://a.example/b c.md")["gbt7714"]
