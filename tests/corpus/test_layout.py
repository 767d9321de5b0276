from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.layout import articles
from corpus.model import Article
from corpus.reflow import searchable

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
FIRST = "清河县中医院上月启用了新的门诊楼，当地居民看病不用再去外地。"
SECOND = "据院长介绍，门诊楼设有三十个诊室，每天可以接待八百名患者。"
THIRD = "“以前要排一上午的队。”家住城关的退休教师说，现在半小时就够了。"


def texts(text: str, article: Article, kind: str) -> list[str]:
    return [searchable(text[b.start : b.end]) for b in article.blocks if b.kind == kind]


def wrapped(paragraph: str, width: int = 16) -> str:
    return "\n".join(paragraph[i : i + width] for i in range(0, len(paragraph), width))


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n　　", "\r\n\r\n", "\n\n\n"])
def test_a_paragraph_a_line_comes_out_as_it_is(between: str) -> None:
    text = between.join(["清河县中医院新楼启用", FIRST, SECOND, THIRD])
    (article,) = articles(text)
    assert article.title == "清河县中医院新楼启用"
    assert texts(text, article, "paragraph") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("between", ["\n\n", "\n　　"])
@pytest.mark.parametrize("width", [11, 14, 16, 23])
def test_hard_line_breaks_are_joined_within_paragraphs_only(between: str, width: int) -> None:
    body = between.join(wrapped(p, width) for p in (FIRST, SECOND, THIRD))
    text = f"清河新楼启用{between}{body}"
    (article,) = articles(text)
    assert texts(text, article, "paragraph") == [FIRST, SECOND, THIRD]


def test_a_sentence_goes_on_after_a_column_break() -> None:
    text = f"{FIRST}\n\n{SECOND}医院还同省城的专家团队签约，去年成"
    text += f"\n\n立了卒中中心，方便群众。\n\n{THIRD}"
    (article,) = articles(text)
    assert texts(text, article, "paragraph")[1].endswith("成立了卒中中心，方便群众。")
    assert len(article.blocks) == 3


def test_sub_headings_are_kept_apart_from_the_text() -> None:
    text = (
        f"清河县中医院新楼启用\n\n{FIRST}\n\n党建引路\n建好“先锋队”\n\n{SECOND}\n\n"
        f"一、就医更加方便\n{THIRD}"
    )
    (article,) = articles(text)
    assert texts(text, article, "heading") == ["党建引路", "建好“先锋队”", "一、就医更加方便"]


def test_the_headline_of_an_item_is_taken_from_its_line() -> None:
    text = f"# 卫生短波\n\n【清河：新楼启用】{FIRST}\n\n▲南山办培训 {SECOND}\n\n▲合唱比赛 张三摄"
    (article,) = articles(text)
    assert article.title == "卫生短波"
    assert texts(text, article, "heading") == ["【清河：新楼启用】", "▲南山办培训"]
    assert texts(text, article, "paragraph") == [FIRST, SECOND]
    assert texts(text, article, "caption") == ["▲合唱比赛张三摄"]


def test_a_dateline_with_its_writer_is_no_headline() -> None:
    text = f"# 榆埠：新楼启用\n\n本报榆埠10月17日电\u3000记者 车怀瑾\n\n{FIRST}"
    (article,) = articles(text)
    assert article.title == "榆埠：新楼启用"


def test_titles_after_their_texts_go_to_the_text_that_they_are_about() -> None:
    text = (
        "本报讯 （记者张三）清河县中医院昨日启用新门诊楼，设诊室三十个。\n\n"
        "清河中医院新门诊楼启用 本报讯 南山市疾控中心近日举办疫苗接种培训，百余人参加。\n\n"
        "南山举办疫苗接种培训\n"
    )
    first, second = articles(text)
    assert (first.title, first.byline) == ("清河中医院新门诊楼启用", "记者张三")
    assert second.title == "南山举办疫苗接种培训"
    assert text[slice(*(second.title_span or ()))] == second.title


def test_titles_before_their_texts_stay_there() -> None:
    text = (
        "清河中医院新门诊楼启用\n\n"
        "本报讯 （记者张三）清河县中医院昨日启用新门诊楼，设三十个诊室。\n\n"
        "南山举办疫苗接种培训\n\n本报讯 南山市疾控中心近日举办疫苗接种培训，百余人参加。\n"
    )
    assert [a.title for a in articles(text)] == ["清河中医院新门诊楼启用", "南山举办疫苗接种培训"]


def test_a_lead_before_the_headline_belongs_to_it() -> None:
    text = f"{FIRST}\n\n# 清河县中医院：新楼迎客\n## ——记一座门诊楼\n\n{SECOND}"
    (article,) = articles(text)
    assert article.title == "清河县中医院：新楼迎客 ——记一座门诊楼"
    assert texts(text, article, "paragraph") == [FIRST, SECOND]


def test_the_date_may_stand_beside_the_writer() -> None:
    text = f"# 清河新楼启用\n\n清河晚报记者 张三 通讯员 李四\u30002024年9月12日\n\n{FIRST}"
    (article,) = articles(text)
    assert article.published == "2024-09-12"


def test_a_date_after_the_dateline_is_that_of_the_article() -> None:
    text = "新桥通车\n本报讯（记者 林晓舟）2023年5月23日\n新桥昨日通车，市民称便。\n"
    (article,) = articles(text)
    assert (article.title, article.published) == ("新桥通车", "2023-05-23")
    kept = [text[block.start : block.end] for block in article.blocks]
    assert kept == ["新桥昨日通车，市民称便。"]
    with_more = text.replace("23日\n", "23日 书记林晓到青柏镇调研新桥\n")
    assert "青柏镇" in "".join(
        with_more[block.start : block.end]
        for article in articles(with_more)
        for block in article.blocks
    )


def test_furniture_is_in_no_block_and_the_date_is_kept() -> None:
    text = f"文章内容\n\n新楼启用了\n\n2021-05-10   浏览(1421)   (0)\n\n{FIRST}\n\n上一篇：无\n"
    (article,) = articles(text)
    assert (article.title, article.published) == ("新楼启用了", "2021-05-10")
    assert texts(text, article, "paragraph") == [FIRST]
    assert len(article.blocks) == 1


def test_captions_and_the_writers_names_are_no_text() -> None:
    text = f"新楼启用了\n\n▲门诊楼全景\n\n{FIRST}(本报记者 李四)\n\n"
    text += "图片由医院提供\n\n\n\n新门诊楼大厅\n"
    (article,) = articles(text)
    assert article.byline == "本报记者 李四"
    assert texts(text, article, "caption") == ["▲门诊楼全景", "图片由医院提供", "新门诊楼大厅"]
    assert texts(text, article, "paragraph") == [FIRST]


def test_a_repeated_paragraph_keeps_both_places() -> None:
    text = f"{FIRST}\n\n{SECOND}\n\n{FIRST[:9]} {FIRST[9:]}\n\n{SECOND}"
    (article,) = articles(text)
    assert texts(text, article, "paragraph") == [FIRST, SECOND, FIRST, SECOND]


def test_a_continuation_is_an_article_of_its_own() -> None:
    text = f"{FIRST}\n\n（本报记者 李四）\n\n（上接第1版）\n\n{SECOND}\n\n{THIRD}"
    first, second = articles(text)
    assert texts(text, first, "paragraph") == [FIRST]
    assert texts(text, second, "paragraph") == [SECOND, THIRD]


def test_what_is_not_recognised_is_one_article() -> None:
    assert articles(" \n ") == ()
    (article,) = articles(" 12 \n")
    assert [(b.start, b.end) for b in article.blocks] == [(1, 3)]


PIECES = st.sampled_from(
    [FIRST, SECOND, "本报讯 （记者张三）", "（上接第1版）", "\n", "\n\n", "　　", "# ", "新楼启用",
     "▲", "（张三 李四）", "——", "浏览(3)", "一、", "“", "a b, c. ", "2021-05-10", "\x1c", "\u2028"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_gives_ranges_that_do_not_overlap(text: str) -> None:
    found = articles(text)
    assert bool(found) == bool(text.strip())
    spans = sorted((b.start, b.end) for a in found for b in a.blocks)
    spans += [(len(text), len(text))]
    assert all(0 <= start < end for start, end in spans[:-1])
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    for article in found:
        assert article.blocks
        for block in article.blocks:
            span = article.title_span or (0, 0)
            assert block.end <= span[0] or span[1] <= block.start


@settings(deadline=None)
@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD]), min_size=1, max_size=3, unique=True))
def test_prose_loses_nothing(paragraphs: list[str]) -> None:
    text = "\n".join(paragraphs)
    kept = [text[b.start : b.end] for a in articles(text) for b in a.blocks]
    assert "".join(kept) == "".join(paragraphs)


@pytest.mark.parametrize("text", ["医院，" * 300_000, "医院，好\n" * 100_000, "（" * 1_000_000])
def test_long_texts_are_read(text: str) -> None:
    assert articles(text)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the example pages are not beside the repository")
def test_the_example_pages_come_out_article_by_article() -> None:
    found = {
        path.name[:3]: [a.title for a in articles(path.read_text(encoding="utf-8"))]
        for path in sorted(SEEDS.glob("*.txt"))
    }
    assert found == {
        "000": ["勇担健康使命 惠泽一方百姓 大同市第五人民医院以党建引领医院高质量发展"],
        "001": ["全力强化党建引领 守护患者心理健康 ——大同市第六人民医院奋力谱写高质量发展新篇章"],
        "002": [
            "凝心聚力 守护百姓健康 ——广东省信宜市人民医院以党建引领高质量发展",
            "拿出推进高质量发展的实招硬招",
            "陕西汉阴：村医竞聘上岗",
            "云南315人参加首批中医优秀人才研修",
            "湖南岳阳建成远程影像云平台",
            "河北廊坊合理膳食科教基地投用",
            "川渝同步启动全国安全用药月活动",
        ],
        "003": ["以高质量党建引领医院高质量发展"],
        "004": [
            "平顶山市第二人民医院：奋力开启高质量发展新征程",
            "汝州市第一人民医院：支部建在科室上 党建引领促发展",
        ],
    }
