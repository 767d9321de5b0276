"""Yes-no questions: what a quote says to them, on invented sentences of hospitals and news."""

import pytest

from qa.polarity import is_of_a_grade, polarity


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("是三甲医院吗", "医院正在创建三级甲等医院"),
        ("是三甲吗", "已正式启动三级甲等医院创建工作"),
        ("新院区建成了吗", "新院区计划2026年建成"),
        ("新院区建成了吗", "新院区正在建设"),
        ("新院区启用了吗", "新院区主体封顶"),
        ("Is it a Grade 3A hospital?", "医院正在创建三级甲等医院"),
        ("Is the new building finished?", "新楼正在建设"),
        ("地铁开通了吗", "地铁预计明年开通"),
        ("大桥通车了吗", "大桥将于年底通车"),
    ],
)
def test_an_unfinished_undertaking_is_not_yet(question: str, quote: str) -> None:
    assert polarity(question, quote) == "not_yet"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("是三级医院吗", "是一所三级甲等综合医院"),
        ("是三甲吗", "2019年由二级甲等晋升为三级甲等医院"),
        ("是三甲吗", "医院成功创建三级甲等医院"),
        ("是三甲医院嗎？", "2012年榮獲三級甲等醫院稱號"),
        ("不是三甲医院吗", "是一所三级甲等医院"),
        ("急救直升机有吗", "医院不仅有救护车，还配有救援直升机"),
        ("有没有停车场", "医院不断扩大停车场面积"),
        ("护士多吗", "不少护士来自外地"),
        ("献血有补贴吗", "无偿献血者可获补贴"),
        ("开展无创产前检测吗", "已开展无创产前检测"),
        ("未来会建新院区吗", "未来三年将建设新院区"),
        ("不需要预约吗", "就诊无需预约"),
        ("是不是不用预约", "就诊不用预约"),
        ("停车免费吗", "停车前两小时免费"),
        ("周六开放吗", "除周一外，每天开放"),
        ("有食堂吗", "除了食堂外还有超市"),
        ("可以陪护吗", "允许一名家属陪护"),
        ("有超过500张床吗", "现有床位620张"),
        ("床位有620张吗", "现有床位620张"),
        ("有三座楼吗", "医院有3座楼"),
        ("是一家公立医院吗", "是全市5家公立医院之一"),
        ("是1965年改名的吗", "医院始建于1931年，1965年改名"),
        ("有PET-CT吗", "引进了PET-CT一台"),
        ("新院区建成没有", "新院区已投入使用"),
        ("正在创建三甲吗", "医院正在创建三级甲等医院"),
        ("打算搬迁吗", "医院拟于2025年整体搬迁"),
        ("以前是部队医院吗", "前身是部队医院"),
        ("能用医保吗", "是医保定点医疗机构"),
        ("晚上看急诊吗", "急诊科24小时不间断接诊"),
        ("可以刷医保卡吗", "可刷医保卡"),
        ("Is it a tertiary hospital?", "是一所三级甲等医院"),
        ("Is parking free?", "停车场免费开放"),
        ("Does it have a helicopter?", "配有救援直升机"),
        ("Does it have more than 500 beds?", "现有床位620张"),
        ("有冇停車場", "設有地下停車場"),
        ("图书馆周一闭馆吗", "图书馆周一闭馆，其余时间开放"),
        ("学校获得过国家级奖励吗", "学校曾获国家级奖励"),
        ("食堂是对外开放的吗", "食堂对外开放"),
        ("急诊晚上开吗", "急诊24小时开放"),
        ("大桥通车了吗", "大桥已于去年通车"),
        ("Isn't it a tertiary hospital?", "是一所三级甲等医院"),
        ("有500多张床吗", "现有床位562张"),
        ("床位不到500张吗", "现有床位420张"),
        ("員工有上千人嗎", "员工1200人"),
        ("有麻醉科吗", "设有麻醉科、无痛诊疗中心"),
        ("楼里有无障碍电梯吗", "设有无障碍电梯"),
        ("是非营利性医院吗", "是一所非营利性医院"),
    ],
)
def test_a_quote_that_says_so_affirms(question: str, quote: str) -> None:
    assert polarity(question, quote) == "yes"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("是三甲吗", "是一所三级综合医院"),
        ("是三甲吗", "与北京的三级甲等医院结成医联体"),
        ("每天都开放吗", "除周一外每天开放"),
        ("有300名医生吗", "有医生近300名"),
        ("是全国最大的医院吗", "是全省最大的医院"),
        ("是全省最大的医院吗", "是全省最大的医院之一"),
        ("是全省唯一的中心吗", "是全省的创伤中心"),
        ("有PET-CT吗", "医院配有128排CT"),
        ("青禾三院有食堂吗", "青禾三院现有床位620张"),
        ("有食堂吗", "食堂不对外营业"),
        ("拟建新楼吗", "计划新建住院楼"),
        ("是部队医院吗", "前身是部队医院"),
        ("可以退票吗", "未使用的车票可以退"),
        ("是世界最长的桥吗", "是亚洲最长的桥"),
        ("能带狗进去吗", "谢绝宠物入内"),
    ],
)
def test_a_quote_that_settles_nothing_is_not_clear(question: str, quote: str) -> None:
    assert polarity(question, quote) == "not_clear"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("是二甲吗", "2019年由二级甲等晋升为三级甲等医院"),
        ("系咪三甲医院", "系一間二級甲等醫院"),
        ("有直升机吗", "医院没有自己的直升机"),
        ("有直升机停机坪吗", "楼顶的直升机停机坪尚未建成"),
        ("发热门诊开了吗", "发热门诊尚未开通"),
        ("需要预约吗", "无需预约，直接到窗口挂号"),
        ("是不是不用预约", "所有门诊均需提前预约"),
        ("不用交押金吗", "住院须交押金2000元"),
        ("停车收费吗", "院内停车免费"),
        ("停车要钱吗", "停车场免费开放"),
        ("停车免费吗", "停车每小时收费5元"),
        ("是公立医院吗", "是一家民营综合医院"),
        ("是综合医院吗", "是一所精神病专科医院"),
        ("周一开放吗", "除周一外每天开放"),
        ("节假日有急诊吗", "除节假日外，门诊照常"),
        ("可以带宠物吗", "院内禁止携带宠物"),
        ("可以探视吗", "重症监护室谢绝探视"),
        ("允许拍照吗", "病房内不得拍照"),
        ("有超过1000张床吗", "现有床位620张"),
        ("床位有500张吗", "现有床位620张"),
        ("是1956年建的吗", "医院建于1965年"),
        ("是1931年改名的吗", "医院始建于1931年，1965年改名"),
        ("食堂对外开放吗", "食堂只供职工用餐，不对外开放"),
        ("能用医保吗", "不属于医保定点"),
        ("儿科晚上开诊吗", "儿科晚上不开诊"),
        ("手术要排队吗", "手术基本不用排队"),
        ("Is parking free?", "停车每小时5元"),
        ("Does it have a helicopter?", "医院没有直升机"),
        ("Does it have 500 beds?", "现有床位620张"),
        ("Is it a private hospital?", "是一家公立医院"),
        ("Are visitors allowed?", "谢绝探视"),
        ("Was it founded in 1956?", "医院建于1965年"),
        ("使唔使預約", "毋須預約"),
        ("医生可以收红包吗", "医生不得收受红包"),
        ("列车提速了吗", "列车未提速"),
        ("是国家级实验室吗", "是省级重点实验室"),
        ("景区收门票吗", "景区不收门票"),
        ("医生多吗", "医生不多"),
        ("能不能停车", "院内没有停车位"),
        ("有高压氧舱吗", "没有高压氧舱，需转往市医院"),
        ("有自己的实验室吗", "没有建立自己的实验室"),
        ("乘客受伤了吗", "没有乘客受伤"),
        ("列车晚点了吗", "列车没有晚点"),
        ("Do patients need to book?", "就诊无需预约"),
        ("Does the hospital have fewer than 500 beds?", "现有床位620张"),
        ("Is smoking allowed?", "院内严禁吸烟"),
        ("难道不是三甲吗", "是一所二级甲等医院"),
        ("病房有空调吗", "病房没有空调但有风扇"),
        ("有多家分院吗", "没有分院"),
    ],
)
def test_a_quote_that_denies_it_or_says_otherwise_negates(question: str, quote: str) -> None:
    assert polarity(question, quote) == "no"


def test_a_grade_is_told_by_the_clauses_with_one() -> None:
    quote = "以绩效考核为量化指标，全力创建三级精神病专科医院，推动医院发展"
    assert polarity("算三级医院吗", quote) == "not_yet"
    assert is_of_a_grade("算三级医院吗", quote)
    assert not is_of_a_grade("有食堂吗", quote)


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("是三甲吗", "拥有省级重点实验室"),
        ("是省级医院吗", "在省级以上学术团体任职27人"),
        ("是三甲吗", "选送医生到知名三甲医院进修"),
        ("是三甲吗", "公布全省20所三级甲等综合医院的结果"),
    ],
)
def test_a_grade_of_something_else_tells_nothing(question: str, quote: str) -> None:
    assert not is_of_a_grade(question, quote)


def test_a_level_is_no_grade() -> None:
    quote = "目前正在创建国家高级卒中中心，成功创建了国家级胸痛中心"
    assert polarity("是不是国家级卒中中心", quote) == "not_yet"


def test_a_place_that_ends_like_an_and_is_none() -> None:
    assert polarity("大同六院是三级医院吗", "大同市第六人民医院是一所公立二级甲等专科医院") == "no"


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        # What stands before the clause that asks is a circumstance.
        ("不想再跑窗口，病历能在手机上办吗", "病历在手机上就能办理", "yes"),
        ("家里没人，停车场周六开门吗", "停车场周六照常开门", "yes"),
        ("奖励申报成功的科室50万，对吧", "科室获评后奖励20万元", "no"),
        # A clause may name the matter that the next denies, or puts off.
        (
            "直升机停机坪建好了吗",
            "至于大家关心的直升机停机坪，目前仍在论证，尚未列入施工图",
            "not_yet",
        ),
        ("搞过封闭训练吗", "至于有人问起的封闭训练，“我们从来没有办过”", "no"),
        ("老人坐车要买票吗", "老人早高峰坐车须买票的规定，这次取消", "no"),
        ("产科开了没有", "大家关心的产科，要等到10月才开放", "not_yet"),
        ("胸痛中心建成了吗", "成功创建了胸痛中心，目前正在创建卒中中心", "yes"),
        # The first time, the first of its kind, only, every, still.
        ("以前合办过活动月吗", "今年首次合办活动月", "no"),
        ("是全市头一家胸痛中心吗", "成为全市第三家胸痛中心", "no"),
        ("方便门诊只有一个吗", "方便门诊由一个增加为两个", "no"),
        ("参加考试的医生都能进研修班吗", "医生参加了考试，将择优录取100名进研修班", "not_clear"),
        ("does the hospital match leading hospitals", "手术水平与顶尖医院还有差距", "not_clear"),
        ("献血屋天天都开放吗", "火车站献血屋每天开放，其余三处周一休息", "not_clear"),
        ("老院区还收骨科病人吗", "骨科整体搬迁至新院区，老院区保留急诊", "not_clear"),
        # What would have to be said as well.
        ("疫苗能免费打吗", "疫苗可以在社区打", "not_clear"),
        ("病历非得到窗口复印吗", "病历可在窗口复印", "not_clear"),
        ("怀孕能贴三伏贴吗", "三伏贴7月8日起接受预约", "not_clear"),
        # Days, and what is open at any hour.
        ("星期天能打疫苗吗", "接种点周六照常打疫苗，周日休息", "not_clear"),
        ("礼拜六看不看门诊", "门诊周一到周五开，周六不看门诊", "no"),
        # A question in the documents answers none.
        ("家里没人能停热吗", "“家里没人能停热吗？”不少人问", "not_clear"),
        ("核医学检查能做吗", "核医学检查至今做不了", "no"),
        ("已经是区域医疗中心了吗", "被遴选为区域医疗中心建设单位", "not_yet"),
        ("摆的竹简是真品吧", "展出文物86件，其中竹简为复制品", "no"),
        # Words that hold a negation and deny nothing, and what only opens or ends a question.
        ("能不能网上复印病历", "开通了网上申请复印病历的服务", "yes"),
        ("是不是高级卒中中心", "下一步将申请认定高级卒中中心", "not_yet"),
        ("非机动车能通行吗", "机动车、非机动车和行人都不能通行", "no"),
        ("非本市户籍能报名吗", "非本市户籍不能报名", "no"),
        ("无锡有地铁吗", "无锡没有地铁", "no"),
        ("3号线开工了没错吧", "3号线已经开工", "yes"),
        ("不知道南门有没有停车场", "南门有停车场", "yes"),
        ("能取消预约吗", "预约后不能取消", "no"),
        ("医院倒闭了没有", "医院已于2019年关闭", "not_clear"),
        # The other way round.
        ("火灾增加了没有", "火灾比前年减少9起", "no"),
        ("零售额增长了没有", "零售额下降3.1%", "no"),
        ("收购价上涨了吗", "收购价比去年低0.4元", "no"),
        ("票价变了没有", "票价仍为2元", "no"),
        ("手术失败了吗", "手术成功", "no"),
        ("北延段全是地下站吗", "北延段有地下站5座、高架站2座", "not_clear"),
        ("Is the shuttle free of charge?", "班车免费乘坐", "yes"),
        (
            "Is there a chest pain centre?",
            "成功创建了胸痛中心，目前正在创建卒中中心",
            "not_clear",
        ),
    ],
)
def test_what_is_said_around_it_counts(question: str, quote: str, expected: str) -> None:
    assert polarity(question, quote) == expected
