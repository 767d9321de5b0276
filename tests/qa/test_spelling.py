"""Respelling: only where it is safe, on the words of invented documents."""

import pytest

from qa.lexical import Tokenizer
from qa.spelling import Spelling

WORDS = [
    *("青岚市", "长丰县", "西安", "吕良", "张三", "林晓舟", "单立群", "朱学昌", "李薇", "李蔚"),
    *("院训", "透析机", "床位", "我们", "嫦娥", "多少", "护士", "大塔", "直升机"),
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(scope="module")
def spelling(tokenizer: Tokenizer) -> Spelling:
    return Spelling(WORDS, tokenizer)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("who is zhang san", "who is 张三"),
        ("zhangsan是谁", "张三是谁"),
        ("who is lin xiaozhou", "who is 林晓舟"),
        ("who is lin xiao zhou", "who is 林晓舟"),
        ("who is xiaozhou lin", "who is 林晓舟"),
        ("dr. lín xiǎozhōu", "dr. 林晓舟"),
        ("zhang san's office", "张三's office"),
        ("xi'an", "西安"),
        ("shan liqun", "单立群"),
        ("lüliang", "吕良"),
        ("lvliang", "吕良"),
        ("luliang", "吕良"),
        ("hospital in qinglan", "hospital in 青岚"),
        ("changfeng", "长丰"),
        ("touxiji有多少", "透析机有多少"),
    ],
)
def test_names_in_latin_letters_are_written_as_in_the_documents(
    spelling: Spelling, typed: str, meant: str
) -> None:
    assert spelling.respell(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "who is she",
        "can he sing a song",
        "how many men and women",
        "how long did they hang on",
        "has it changed or will it change",
        "how much data",
        "the women and children",
        "wo men",
        "duo shao beds",
        "li wei",  # two names of the documents
        "beds",
        "",
        "ct",
    ],
)
def test_english_and_ambiguous_letters_are_left_alone(spelling: Spelling, typed: str) -> None:
    assert spelling.respell(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("院讯是什么", "院训是什么"), ("透稀机有几台", "透析机有几台")],
)
def test_homophone_slips_are_mended(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.respell(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "床位有多少",
        "院训是什么",
        "谁是院长",
        "有没有食堂",
        "几点开门",
        "护士多吗",
        "大厅在哪里",
        "市中心医院",
    ],
)
def test_what_is_spelled_rightly_stays(spelling: Spelling, typed: str) -> None:
    assert spelling.respell(typed) == typed


def test_a_slip_that_two_words_would_mend_stays(tokenizer: Tokenizer) -> None:
    assert Spelling(["青岚院", "青蓝院"], tokenizer).respell("青兰院") == "青兰院"


def test_the_order_of_the_words_changes_nothing(tokenizer: Tokenizer) -> None:
    turned = Spelling(reversed(WORDS), tokenizer)
    typed = "zhang san li wei 院讯"
    assert turned.respell(typed) == Spelling(WORDS, tokenizer).respell(typed)


def test_what_is_left_beside_a_slip_must_be_words() -> None:
    spelling = Spelling(["诊断", "甘州", "院训"], Tokenizer(["淦州"]))
    assert spelling.respell("流感针断货") == "流感针断货"
    assert spelling.respell("院讯有几个字") == "院训有几个字"
    assert spelling.respell("淦州的桥") == "淦州的桥"  # as the documents have it
