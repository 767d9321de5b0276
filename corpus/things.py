"""Things with a name of their own: 柳溪大桥, 杨湾小学, 溱河马拉松.

What is told of one is not told of another of its kind. Leaves out: institutions of health, which
are in the gazetteer, and names that do not say their kind.
"""

from corpus.lazy_pattern import HAN, lazy_pattern

_KINDS = (
    "大桥|隧道|公路|高速|铁路|地铁|水库|水厂|电厂|[小中大]学(?![生校])|高中|幼儿园|学院|(?<![小中大])学校(?!长)|中专|职高"
    "|博物馆|图书馆|美术馆|体育[馆场]|纪念馆|文化馆|科技馆|展览馆|剧院|影院|书店|公园|湿地|植物园|动物园|广场"
    "|码头|机场|车站|火车站|高铁站|市场|超市|商场|小区|社区|街道|花园|新村|古[镇村城街]|开发区|园区|集团|公司(?!员)"
    "|合作社|马拉松|剧团|法院|派出所|村(?![民医官干委支])|路(?![上线过口面灯段])|巷|厂(?![家商房长])"
)
_THING = lazy_pattern(f"(?=({HAN}{{2}}(?:{_KINDS})))")


def things_named(folded: str) -> set[str]:
    """Return what a folded text may name by two characters and its kind.

    >>> sorted(things_named("鹤汀大桥离澜西小学多远"))
    ['澜西小学', '鹤汀大桥']
    """
    return {match[1] for match in _THING.finditer(folded)}
