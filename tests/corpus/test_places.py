"""The places that an article says."""

import pytest

from corpus.places import MOST, home, places_named, places_of


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("汀源县的路修好了，青柏市也修。", ("汀源县", "青柏市")),
        ("本报汀源8月3日讯（记者林晓）", ("汀源讯",)),
        ("# 公交改线\n\n汀源日报1月22日讯", ("汀源报",)),
        ("從汀源縣到長治市", ("汀源县", "长治市")),
        ("由霁州市到荷沙县，再跨莲城区", ("霁州市", "荷沙县", "莲城区")),
        ("杭州市、清和市和云岚镇", ("杭州市", "清和市", "云岚镇")),
        ("太原市、新乡市上周、青禾市民政局", ("太原市", "新乡市", "青禾市")),
        ("合肥日报讯", ("合肥报",)),
        ("距访仙镇十里", ("访仙镇",)),
        ("# 新楼启用\n\n霁州晚报记者", ("霁州报",)),
        ("老城区、全市、住宅小区、新开的超市、三个乡，这座城市", ()),
        ("县长和镇民", ()),
        ("从湖南到云南省，黑龙江也是", ("湖南省", "云南省", "黑龙江省")),
        ("内蒙古自治区，县域和区域", ("内蒙古省",)),
        ("安澜市与石盘县", ("安澜市", "石盘县")),
        ("一河北岸的中山东路，江苏路和云南白药", ()),
        ("丙泊酚镇静，皮影乡村，根雕市集", ()),
        ("那几天石梁县最冷", ("石梁县",)),
        ("转诊县医院，捐给市里的候诊区", ()),
        ("青崖县招乡镇卫生院的人", ("青崖县",)),
        ("", ()),
    ],
)
def test_a_place_is_told_by_its_level_or_by_the_dateline(
    text: str, places: tuple[str, ...]
) -> None:
    assert places_of(text) == places


def test_an_article_that_lists_many_places_keeps_the_first() -> None:
    names = [f"{one}{other}" for one in "汀沅渚汶" for other in "岭浦泷檐渡"]
    said = [f"{name}县" for name in names]
    assert places_of("、".join(said)) == tuple(said[:MOST])


@pytest.mark.parametrize(
    ("text", "level", "place"),
    [
        ("本报汀源讯 汀源县和青柏县的医院", "县", "汀源"),
        ("汀源县和青柏县的医院", "县", ""),
        ("汀源县的医院", "县", ""),  # where the patient is from, perhaps
        ("汀源县的医院，汀源县的路", "县", "汀源"),
        ("本报青岛5月3日讯 从烟台市赶来，烟台市的人", "市", "青岛"),
        ("本报汀源讯 从青柏县赶来，青柏县的人", "县", ""),
        ("合肥日报 长治市的同行", "市", "合肥"),
        ("霁州晚报记者 青柏市的专家来了", "市", "霁州"),
        ("市医院开诊", "市", ""),
    ],
)
def test_a_city_without_its_name_is_the_datelines_or_the_only_one(
    text: str, level: str, place: str
) -> None:
    assert home(text, level) == place


def test_a_question_names_places_in_characters_or_letters() -> None:
    places = {"汀源", "汀源湾", "青柏"}
    assert places_named("汀源湾的桥", places) == {"汀源湾"}
    assert places_named("how long is the bridge of qingbai", places) == {"青柏"}
    assert places_named("桥有多长", places) == set()
