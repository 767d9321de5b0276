"""Why something is so stands after that it is so."""

import pytest

from qa.engine import Engine
from tests.qa.conftest import EngineOver

# Too long to be quoted only because they come next.
REASON = f"它调的是时差，对{'压力、噪声和轮班' * 7}引起的失眠作用有限。"
CROWD = f"观众仍有三千人，来自{'城里、乡下和邻县' * 7}。"
ARTICLE = f"""# 青禾夜话

谷雨晴不赞成自行购买褪黑素助眠。{REASON}青禾夜市十点收摊。

## 灯会

灯会改在室内，因为连日有雨。{CROWD}
"""


@pytest.fixture(scope="module")
def engine(engine_over: EngineOver) -> Engine:
    return engine_over("reasons", {"a": ARTICLE})


def test_what_follows_is_quoted_where_the_reason_is_asked_for(engine: Engine) -> None:
    answer = engine.ask("谷雨晴为什么不赞成自行购买褪黑素？")
    assert [citation.quote[:3] for citation in answer.citations][:2] == ["谷雨晴", "它调的"]


@pytest.mark.parametrize("question", ["谷雨晴赞成购买褪黑素吗？", "灯会为什么改在室内？"])
def test_nothing_is_added_where_it_is_not_or_the_reason_is_there(
    engine: Engine, question: str
) -> None:
    quotes = [citation.quote for citation in engine.ask(question).citations]
    assert quotes
    assert not any(quote.startswith(("它调的", "观众")) for quote in quotes[1:2])
