"""What a question asks for by its usual name, and the words with which a text tells it.

A passage about the same matter that never says 床 does not hold the number of beds, however near
it comes. The table has what people ask of hospitals and other institutions; what it does not list
is not judged. It is wide on the telling side, for a text that may tell must never count as silent.
"""

import re
from functools import cache

from corpus.lazy_pattern import lazy_pattern
from qa.model import Kind
from qa.values import has_kind

_WHICH = "(?:哪(?:一?[个家所座条种位支项间])?|什么|边[个間间])"
# Patterns of folded text: what is asked in Chinese, in English (whole words), what a text says.
_ATTRIBUTES = (
    # Size
    (
        "床位|病床|(?<=张)床",
        "beds?",
        "床[^,，。]{0,8}(?<!第)[\\d二三四五六七八九十百千]|[\\d十百千][余多]?张[^,，。]{0,4}床",
    ),
    (
        "面积|占地|平方米|(?:几|多少)(?:亩|公顷)",
        "area|square (?:metres|meters|feet)|acres?",
        "面积|平方|㎡|亩|公顷|占地",
    ),
    (
        "职工|员工|工作人员|教职|全院[有一总共]*多少个?人(?![次均])",
        "staff|employees?|workforce",
        "职工|员工|在[职编岗]|从业|职员|工人|人员.{0,8}\\d|全院.{0,6}人",
    ),
    ("几层|多少层|楼层|层楼", "storeys?|stories|floors does|how many floors", "层|楼"),
    ("停车|车位", "parking", "停车|车位|车库|泊车"),
    ("食堂", "canteen|cafeteria", "食堂|餐|饭|膳|灶"),
    ("救护车", "ambulances?", "救护|急救|120"),
    ("直升机", "helicopters?", "直升机|航空|空中"),
    # A year's work
    (
        "门诊量|门诊.{0,3}多少人|门急诊量|就诊量|就诊人[次数]|诊疗人次|接诊量",
        "outpatient (?:visits|volume)",
        "门诊|急诊|就诊|诊疗|接诊|看病|看诊|诊治",
    ),
    ("出院人|住院人[次数]", "inpatients|inpatient admissions", "出院|住院|收治|入院|床"),
    ("手术量|手术台[次数]|台手术|例手术", "surger(?:y|ies)|surgical operations", "术|台|刀"),
    ("平均住院|住院[天日]", "length of stay", "住院"),
    ("生存率|存活率|生存期", "survival", "生存|存活"),
    ("死亡率|病死率|死了", "mortality|death rate", "死|亡|逝"),
    ("治愈率", "cure rate", "治愈|痊愈|好转|康复"),
    ("感染率", "infection rate", "感染"),
    ("满意[度率]", "satisfaction", "满意|好评|点赞"),
    ("药占比|耗占比|次均|人均[费住]", "per visit", "占比|均"),
    # Money
    ("挂号费|诊查费|挂号要?多少钱", "registration fee", "挂号|诊查|诊察|号费|门诊.{0,4}\\d+元"),
    (
        "工资|薪[水资酬]|月薪|年薪|收入多少|待遇",
        "salar(?:y|ies)|wages?|paid",
        "工资|薪|收入|待遇|报酬|奖金|绩效|补[贴助]|元",
    ),
    ("奖金", "bonus(?:es)?", "奖|绩效|分配|激励"),
    (
        "投资|造价|耗资|斥资|花了多少钱[建盖修]",
        "invest(?:ed|ment)?|cost to build",
        "投资|造价|耗资|投入|资金|斥资|出资|经费|元",
    ),
    ("[购买].{0,8}(?:花|用|使)[了咗]", "cost to buy", "购|买|价|万元|投资|投入"),
    ("营收|营业额|盈利|利润|亏损", "revenue|profits?", "收入|营|利润|亏|盈|收支|结余|元"),
    ("负债|债务|欠[款债了]", "debts?", "债|欠|贷|借"),
    ("报销", "reimburse(?:d|ment)?", "报销|医保|报|自付|支付"),
    ("贷款", "loans?", "贷"),
    ("捐[款赠了]", "donat(?:ed|ions?)", "捐|赠|献"),
    # People
    ("副主任医师|副高", "associate chief physicians?", "副主任|副高|高级职称"),
    ("(?<!副)主任医师|正高", "chief physicians?", "(?<!副)主任|正高|高级职称|教授"),
    ("主治医师|中级职称", "attending physicians?", "主治|中级"),
    (
        "副院长",
        "(?:vice|deputy)[- ](?:president|director)",
        "副院长|副主任|副所长|班子|(?<!医)院领导",
    ),
    ("护士长", "head nurses?", "护士长"),
    ("护士", "nurses?", "护士|护理|护师|医护|医务|卫生技术|卫技"),
    ("院士", "academicians?", "院士"),
    ("教授", "professors?", "教授|导师|专家"),
    ("博士", "ph\\.?ds?|doctorates?", "博士|博导"),
    ("硕士", "master's", "硕士|研究生|硕导"),
    ("党员", "party members?", "党员|党支部|党组织|党总支|党小组"),
    ("书记", "party secretary|secretary of the party", "书记"),
    (
        "(?<!医)院长(?![室办期达])",
        "(?:its|hospital(?:'s)?) (?:president|director)|president(?= of)",
        "院长|主持|主管|(?<!医)院领导",
    ),
    ("志愿者", "volunteers?", "志愿"),
    (
        "多大年纪|几岁(?!以)|多少岁(?=了|[?？]*$)|年龄",
        "how old is (?:he|she|dr|the d(?:octor|irector))",
        "岁|年龄|出生|年生|年纪|现年",
    ),
    ("毕业|哪所大学|学历", "graduated?", "毕业|学历|博士|硕士|本科|大学|学院|师从"),
    # Wards, machines, services
    ("重症", "icus?|intensive care", "重症|icu|监护|抢救"),
    ("手术室|手术间|手术台", "operating (?:room|theat\\w+)s?", "手术"),
    ("口腔|牙[科医齿周]|[补拔洗种镶]牙", "dental|dentists?", "口腔|牙|齿"),
    ("顺产|剖[宫腹]", "childbirths?|c(?:ae|e)sareans?", "顺产|剖|分娩|接生|生孩|生产"),
    ("核磁|磁共振", "mri", "核磁|磁共振|mr"),
    ("(?<![a-z-])ct(?![a-z-])", "ct", "ct|断层"),
    ("(?<![a-z])ecmo|人工肺", "ecmo", "ecmo|体外膜|人工肺"),
    ("呼吸机", "ventilators?", "呼吸机"),
    ("机器人|达芬奇", "robots?", "机器人|达芬奇|智能"),
    ("透析", "dialysis", "透析|血透|血液净化|腹透"),
    ("实验室", "laborator(?:y|ies)", "实验|检验|科研"),
    ("无线网", "wi-?fi", "wi-?fi|无线|网络"),
    ("体检", "check-?ups?|physical exam\\w*", "体检|检查|筛查"),
    ("核酸(?=.{0,8}(?:多少|几|价|费))", "nucleic acid tests?", "核酸"),
    ("疫苗|接种", "vaccin\\w+", "疫苗|接种"),
    ("探视|陪护|陪床", "visiting hours", "探视|陪|探望|家属"),
    ("论文|(?<![a-z])sci(?![a-z])", "papers?|publications?", "论文|sci|发表|刊|著|文章"),
    ("专利", "patents?", "专利"),
    ("型号|什么牌子|品牌", "brand|(?:what|which) model|model number", "型|牌|款|[a-z]{2}|公司|产"),
    ("排名|名次|排第几", "rank(?:ed|ing)?", "排|名|第|位|榜|首|最|老"),
    ("英语|外语", "english (?:test|exam)", "英语|外语|英文"),
    # Where it is, and when
    ("网址|官网|网站|公众号|邮箱", "website|e-?mail", "网|公众号|小程序|@|邮|http|www"),
    ("邮编|邮政编码", "post(?:al)?[ -]?code|zip code", "邮编|邮政|\\d{6}"),
    (
        "地铁|公交|怎么(?:去|走|坐车)",
        "subway|metro|bus(?:es)?",
        "地铁|公交|路|站|号线|乘|车|位于",
    ),
    (
        "(?:几点|什么时候|何时)钟?(?:关|下班|停诊|结束|打烊|锁门|收工)|到几点",
        "closing time|what time .{0,60}close|when .{0,60}close",
        "关门|下班|停诊|结束|打烊|止|小时|全天|[至到—–~～-].{0,4}[\\d一二两三四五六七八九十]+[:：点时]",
    ),
    # Grades
    ("三甲|三级甲等", "(?:grade|class)[- ](?:iii|3)[- ]?a|3a", "三甲|甲等"),
    ("三乙|三级乙等", "(?:grade|class)[- ](?:iii|3)[- ]?b|3b", "三乙|乙等"),
    ("二甲|二级甲等", "(?:grade|class)[- ](?:ii|2)[- ]?a|2a", "二甲|甲等"),
)
# When something began.
_BEGINNINGS = (
    (
        "(?<![创搭共兴组])(?:建[院立科于成]|成立|创[办立]|开[业诊])|(?<=[年候时])[创建盖开][的办起立]",
        "founded|established|set up",
        (
            "[始盖组筹兴新修扩改]建|建[在于院科立起成站馆所]|[成设创]立|创办|创建(?=[于的,，。])|前身|开[诊业馆办园]|诞生"
            "|落成|启用|竣工|通车|揭牌|历史"
        ),
    ),
)
# What kind of thing is asked for (哪家公司), and what may be taken for granted to have happened.
_MATTERS = (
    (
        f"{_WHICH}公司(?!生产|制造|的产品|做的)",
        "(?:which|what) company",
        "公司|集团|企业|厂|社|店|牌|联通|移动|电信|巴|铁|[a-z]{3}",
    ),
    (f"{_WHICH}(?:大学|学校|学院|校)", "(?:which|what) (?:university|school)", "大学|学院|校|医大"),
    (f"{_WHICH}专业", "major in", "专业|学|系|班"),
    (f"{_WHICH}科室?", "(?:which|what) department", "科|部|室|队|中心"),
    (f"{_WHICH}村", "(?:which|what) village", "村|庄|屯|寨"),
    (f"{_WHICH}(?:县|镇|乡)", "(?:which|what) (?:county|town)", "[县镇乡旗市区街]"),
    ("老家", "hometown", "籍|老家|出生|生于|故乡|[省市县区镇乡村]人"),
    ("男女|性别|男的多|女的多", "men or women", "[男女]"),
    ("前任|上一任|历任", "predecessors?|former (?:president|director)", "任|原|老|退|曾"),
    ("翻译|讲英语", "interpreters?|speaks? english", "翻译|口译|英语|英文|外语|双语"),
    ("搬去|搬迁", "relocated", "搬|迁"),
    ("罢工|停工|抗议", "on strike|protest\\w*", "罢|停工|抗议"),
    ("打伤|伤医|打人", "assault\\w*|stabb\\w+", "打|伤|砍|袭"),
    ("(?<![\\d一二两三四五六七八九十几年])前年", "the year before last", "前年|20\\d\\d"),
    ("明年", "next year", "明年|20\\d\\d|将|预计|计划|拟|未来"),
    (
        "撤[掉了销走并的]|把.{1,12}撤|取消|叫停|关[闭停]|(?<!有)关[掉了](?!门)|停[办业产掉]|倒闭|解散|废除",
        "shut(?:ting)? down|closed? down|cancel\\w*|abolish\\w*|revok\\w+|disband\\w*",
        "撤|取消|停|关|终止|废|不再|免|散|歇|倒|注销|暂|零",
    ),
    (
        "去世|逝世|过世|离世|牺牲|病故",
        "died?|passed away",
        "世|逝|牺牲|病故|生前|永远|享年|遗|亡|卒|死|殉|烈士|倒[在下]",
    ),
    (
        "火灾|失火|着火|爆炸|坍塌|医疗事故",
        "fires?|explosions?|malpractice",
        "火|爆炸|坍|塌|事故|险情",
    ),
    (
        "下[雨雪][吗么不]|会下[雨雪]|天气|气温",
        "weather|will it (?:rain|snow)",
        "雨|雪|天气|气温|风",
    ),
    ("合并|并入", "merg(?:e|ed|er|ing)", "合|并入|整合|重组|划归|托管|加入"),
    (
        "处罚|罚款|被罚|(?<!\\w)处分|受.{0,2}处分|起诉|被告(?!知)|丑闻",
        "fined|sued|punish\\w*|scandals?",
        "罚|处[分理]|告|诉|违|整改|问题|扣|停职|记过",
    ),
    (
        "辞职|免职|下台|被抓|贪",
        "resign\\w*|dismissed|fired|arrest\\w*",
        "辞|免|退|调|抓|捕|囚|查|贪|卸|离",
    ),
    ("纠纷|医闹|投诉", "disputes?|complain\\w*|lawsuits?", "纠纷|闹|诉|赔|意见|监督|\\d{5}"),
    ("(?<![晚网路早])上市(?![民级委区里])|股票", "ipo|stock (?:market|exchange)", "上市|股"),
)


def untold(question: str, text: str, value: Kind) -> str:
    """Return what a folded question names and a folded text does not tell; empty when nothing.

    `value` is what the question asks for. Where that is no value, what is named may be but a
    circumstance (做完CT怎么取片), and less is judged.

    >>> untold("有多少张床位", "现有职工300人", "number"), untold("床位几张", "设床9张", "number")
    ('床位', '')
    """
    chinese, english, told = _asked(value)
    is_english = re.search("[a-z]", question)
    for match in (*chinese.finditer(question), *(english.finditer(question) if is_english else ())):
        if not re.search(told[(match.lastindex or 1) - 1], text):
            return str(match[0])
    return ""


@cache
def _asked(value: Kind) -> tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]]:
    """Return the patterns of Chinese and of English questions, and what tells of each group."""
    rows = (
        *_MATTERS,
        *(_ATTRIBUTES if has_kind(value) or value == "person" else ()),
        *(_BEGINNINGS if value == "date" else ()),
    )
    chinese, english, told = zip(*rows, strict=True)
    return (
        lazy_pattern("|".join(f"({asked})" for asked in chinese)),
        lazy_pattern("|".join(f"(\\b(?:{asked})\\b)" for asked in english), re.ASCII),
        told,
    )
