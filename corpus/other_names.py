"""Other names that an article gives the institution that it is about: 挂A、B的牌子, 又名C."""

from collections.abc import Iterator

from corpus.lazy_pattern import lazy_pattern

_HAN = "\u4e00-\u9fff"
_NAME = f"[{_HAN}]{{2,20}}?(?:医院|中心|卫生院|保健院|疗养院|研究所|研究院|学院)"
_ONE_OF_THEM = lazy_pattern(_NAME)
# On a sign beside the first: 同时挂甲、乙的牌子, 加挂“甲”牌子.
_ON_SIGNS = lazy_pattern(
    f'挂(?:有|着|了)?[“"]?(?P<names>{_NAME}(?:[”"]?[、和及][“"]?{_NAME})*)[”"]?的?招?牌'
)
_ALSO_CALLED = lazy_pattern(
    f'(?:又名|又称|亦称|也称|别名|第二名称为?)[“"]?(?P<names>{_NAME})(?![{_HAN}])'
)
_SHORTEST = 5  # characters of a name that can only be that of one institution


def other_names(text: str) -> tuple[str, ...]:
    """Return the names, in their order; `text` is without breaks in words.

    >>> other_names("该院同时挂青禾市精神卫生中心、青禾市荣军医院的牌子，又名“青禾安定医院”。")
    ('青禾市精神卫生中心', '青禾市荣军医院', '青禾安定医院')
    """
    return tuple(dict.fromkeys(name for name in _names(text) if len(name) >= _SHORTEST))


def _names(text: str) -> Iterator[str]:
    for pattern in (_ON_SIGNS, _ALSO_CALLED):
        for match in pattern.finditer(text):
            yield from _ONE_OF_THEM.findall(match["names"])
