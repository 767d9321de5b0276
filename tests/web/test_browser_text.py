"""What scripts make of texts, held against what the program makes of them."""

from typing import Any

import pytest

from corpus.reflow import origins, searchable
from qa.web.assets import version

pytestmark = pytest.mark.browser

TEXTS = [
    "",
    "有80台。",
    "成\n\n立了 名医  工作站 and 中心",
    "  two\r\nlines of English,\nand 中文\n混排 text ",
    "青禾 and\n三院 and 五院and六院",
    "零\u200b宽\ufeff字\u00ad符\u3000全角 空格",
    "𠮷野家\n的 𠮷 字",
    "a\n\nb\x1cc\x85d\u2028e",
    "（第一 ）\n“引号” ，逗号\n…… 省略",
    "〇一 〇二\n〇三",
]


def test_running_lines_are_the_same_in_the_browser(tab: Any) -> None:
    path = f"/static/{version()}/text.js"
    for text in TEXTS:
        made = tab.page.evaluate(
            "async ([path, text]) => (await import(path)).reflow(text)", [path, text]
        )
        assert made == {"text": searchable(text), "places": list(origins(text))}
