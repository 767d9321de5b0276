"""What tells yes from no in Chinese: words and patterns, for `qa.polarity`."""

from corpus.lazy_pattern import lazy_pattern
from qa.cantonese import FUNCTION_WORDS

# --- One way of writing ---------------------------------------------------------------------------

_SAME = {
    **{f"{number}{rank}": f"{number}级{rank}等" for number in "一二三" for rank in "甲乙"},
    **FUNCTION_WORDS,
    "使唔使": "用不用",
    "得唔得": "能不能",
    "唔系": "不是",
    "冇得": "不能",
    "星期": "周",
    "礼拜": "周",
    "周天": "周日",
    "未有": "没有",
    "毋": "无",
}
SAME = dict(sorted(_SAME.items(), key=lambda pair: -len(pair[0])))  # 使唔使 before 唔
# What English questions say, in the words of Chinese quotes, in which the signs then find it.
ENGLISH = (
    (r"(?:grade|class|level|tier)[- ]?(?:iii|3|three)[- ]?a\b|\b(?:3a|top[- ]tier)\b", "三级甲等"),
    (r"(?:grade|class|level|tier)[- ]?(?:ii|2|two)[- ]?a\b", "二级甲等"),
    (r"\btertiary\b|(?:grade|class|level|tier)[- ]?(?:iii|3|three)\b", "三级"),
    (r"\bfree of charge\b", "免费"),
    (r"\bfree\b(?! of\b)(?![- ]\w)", "免费"),
    (r"\b(?:charges?|pay|paid|fees?)\b", "收费"),
    (r"\bprivate\b", "民营"),
    (r"\bpublic\b(?! transport)", "公立"),
    (r"\b(?:allow(?:s|ed)?|permit(?:s|ted)?|may)\b", "允许"),
    (r"\b(?:plan(?:s|ning|ned)?|will|going to|being built|under construction)\b", "计划"),
    (r"\b(?:more than|over|at least|exceeds?)\b", "超过"),
    (r"\b(?:less than|fewer than|under)\b", "不到"),
    (r"\b(?:in|since) (\d{4})\b", r"\1年"),
    (r"(\d) (?:beds?)\b", r"\1张"),
    (r"(\d) (?:floors?|stor(?:ey|ie)s)\b", r"\1层"),
    (r"(\d) (?:people|staff|employees|doctors|nurses|experts)\b", r"\1名"),
    (r"(\d) (?:machines|scanners|ambulances|helicopters)\b", r"\1台"),
    (r"(\d) years\b", r"\1年"),
    (r"(\d) yuan\b", r"\1元"),
)

# --- Signs ----------------------------------------------------------------------------------------

# Words that hold a 不, 没, 未 or 无 and deny nothing.
NO_NEGATION = lazy_pattern(
    ""
    "不[仅但只光单断少同久过错论管料由愧止乏懈惜菲凡辞畏忘计懂幸妨禁觉良适孕育全停限乱散倦弃辍遗变]"
    "|不得不|不能不|不[会可]不|没有不|无不|莫不"
    "|不可或缺|不可缺少|必不可少|不可多得|不可替代|不间断|不打烊|不休(?:息|假)?|不定期|不亚于"
    "|不[低少小]于|不等|不一|不分|不足|差不多|不折不扣"
    "|不明原因|不锈钢|不动产|不在话下|了不起|来不及|对不起|舍不得|是不是|能不能|会不会|有没有"
    "|可不可以|要不要"
    "|没[收落]|来得及没|未[来必雨婚知央]|未成年|从未间断|从不间断"
    "|无[偿创痛菌线数论缝私疑纸影穷比愧限量常效害毒悔声形]|无障碍|无烟|无人机|无人驾驶|无党派"
    "|无微不至|无所|无一例外|无时|无针|无抽搐|无接触|无陪护|无假日"
    "|非[常遗公洲凡物但典法本]|非机动|非物质|无锡|无棣|非营利|非盈利|非医|莫非|无非|并非易事|绝非易事|除非|是非|特别|分别"
    "|区别|级别|个别|类别|性别|告别|别墅|别具|别样|勿忘"
)
NEGATION = lazy_pattern(
    "(?<=[\u4e00-\u9fff])不[了到着成上下起](?![\u4e00-\u9fff]{0,1}[的地])|[是属]空白|没有?|尚未|从未|并未|未能?|并非|非(?=[\u4e00-\u9fff]{2})"
    "|不[再能可得予设收开需用必会含在是准许]?|无(?:需|须|法|权)?|暂不|暂停|停止"
    "|停用|停诊|停办|取消|撤销|关闭|打破(?![纪记]录)|告别|摒弃|禁止|谢绝|拒绝|严禁|杜绝|切勿|请勿|勿|免(?:去|除)?(?=预约|交"
    "|收|挂)"
)
# Negations after which nothing needs to follow: 发热门诊尚未开通.
ENDS_NEGATED = lazy_pattern(
    "(?:不[了到着成上下起]|空白|没有|没|(?:尚|并|还)?未(?:设|开|建|配|有)?[设开建配放通立置成用]{0,2}|不设|暂无|无|不行"
    "|不可以?|不能|不允许|不准|不需要|不用|不必|不属于"
    "|停用|停诊|停办|停运|取消|撤销|关闭|禁止|谢绝|严禁)了?$"
)
_FUTURE = (
    "正在(?:积极|加快|全力|努力|紧张|抓紧)?(?:创建|建设?|筹|申报|争|推进|规划|施工|装修|改造|扩建"
    "|安装|调试|招标?|准备|洽谈|审批|迎接|冲刺|打造|组建)"
    "|启动.{0,8}创建|在建|筹建|筹备|筹划|拟(?:建|设|于|定|申报|用|投|引|购|新|在|开)|计划"
    "|规划(?:建|设|新|用|总|床|于|中)|打算|力争|争取|争创|有望|迎评"
    "|正在设计|[还也仍]将|还要(?=[开建办推])|将(?:组织|开展|举[办行]|推出|作为|改造)"
    "|申报|正在?申请|申请(?=创建|升格|成为|认定|评审|建设|设立|筹建)|(?<!成功)创建(?!于|成功|成|了|为|以来)|即将|将(?:于|在|新|建|达|成|实现|增|投|会"
    "|要|搬|迁|扩|设|开|启|引|购|配|全面|继续)|预计|目标|冲刺|等待|尚待|有待"
    "|推进.{1,12}建设|论证|等到?.{0,8}才|建成后|完工后|开工|动工|奠基|施工|封顶|选址|招标|立项|接近完工|基本建成|完工在即|准备(?:建"
    "|搬|开|引|新)"
)
UNFINISHED = lazy_pattern(_FUTURE)
ASKED_FUTURE = lazy_pattern(
    f"{_FUTURE}|会(?!议|诊|计|员|所|场|长)|(?<![需重主])要(?!求)|准备|想|将来|以后|未来|明年|将"
)
_NOT_DONE = (
    "正式|全面|全力|着手|开始|启动|申报|申请|计划|开工|进入|列入|纳入|签约|立项|动工|提交|递交"
    "|奠基|封顶|选址|获批"
)
# Chosen to become it: 区域医疗中心建设单位.
CANDIDATE = lazy_pattern("(?:建设|创建|培育|筹建|候选)单位|候选|入围")
DONE = lazy_pattern(
    f"已经?(?!经?(?:{_NOT_DONE}))|成功|荣获|获得|荣膺|通过了|晋升为|升格为|挂牌|建成(?!后)|完成了"
    f"|竣工|落成|投入使用|投用|启用"
    "|被(?:评|授|确定|命名|列|认定)"
)
HEDGED = lazy_pattern(
    "担心|据说|传言|以为|可能|或许|也许|大概|疑似|据传|不一定|未必|视情况|尚不|不确定|不详|原则上|试运行|试点|部分"
    "|有些|个别|大多|多数"
)
PAST = lazy_pattern("曾(?:经)?(?:是|为|有|属|叫|设|名)|原(?:为|是|名|属|有)|前身|一度")
ASKED_PAST = lazy_pattern("曾|原来?|以前|过去|前身|过(?![去程])|当年|那时")
LIMITED = lazy_pattern("(?:仅限|只限|仅对|只对|只供|仅供|只收|只接|仅收|仅接|专供)(.*)")
FORBIDDEN = lazy_pattern("不得|禁止|谢绝|拒绝|严禁|不允许|不可|不能|不准|不许|勿")
ENGLISH_DENIED = lazy_pattern(f"没有|不设|未设|尚未|不需|不用|无需|无须|{FORBIDDEN.pattern}")
ALLOWED = lazy_pattern("可以|能|允许|准|让|可|得(?=带|进|入|拍)")
GRADE = lazy_pattern("[一二三]级(?:[甲乙丙特]等)?|国家级|省级|市级|县级")
# That of a hospital, where it is not one of others: 20所三级甲等医院, 省级三甲医院.
HOSPITAL_GRADE = lazy_pattern("[一二三]级(?:[甲乙丙特]等)?")
OWN_GRADE = lazy_pattern(
    f"(?<!\\d[所家个])(?<![名级地等内]){HOSPITAL_GRADE.pattern}[^,。;]{{0,6}}?(?:医院|公立|综合|专科|中医|妇幼)"
)
# Another's grade: 与三级甲等医院合作.
OTHERS_GRADE = lazy_pattern(
    "(?:与|(?<!大)同|和|跟|由|来自|聘请|邀请|依托|联合|对标|按照?|参照|相当于|达到?).{0,14}$"
)
RISEN = lazy_pattern("升|晋|跃|变为|转为")
SCOPES = lazy_pattern(
    "世界|全球|国际|亚洲|全国|国内|全省|省内|全市|市内|全县|县内|全区|西南|西北|华[东南北中]|东北"
    "|[一-龥]{2}地区"
)
SUPERLATIVE = lazy_pattern("最|首[个家例批次所台]|第一[个家例批次所台]|唯一|独家|仅有")
ONE_OF = lazy_pattern("之一")
ALL = lazy_pattern("所有|全部|每[天个位家]|天天|全年|一律|统统|(?<![首成])都(?!市)")
EXCEPT = lazy_pattern("除了?([^,。;]{1,20}?)(?:之外|以外|外),?(.*)")
ALSO = lazy_pattern("还|也|另|又|更|均")
OPPOSITES = (
    (
        "收费|要钱|花钱|付费|交钱|付钱|收钱|掏钱|收不收",
        "免费|无偿|不收费|不要钱|不花钱|零收费|免收|免交|免除",
    ),
    ("加价|加成", "零差价|零加成|不加价|原价"),
    ("公立|公办", "民营|私立|民办"),
    ("综合医院|综合性", "专科医院"),
    ("中医医?院", "西医医院"),
    ("(?<!非)[营盈]利", "非[营盈]利"),
    ("自愿", "强制|必须"),
    ("免费|无偿", r"\d元|收费\d|收取|自费|自理"),
    ("室内", "室外|露天"),
    (
        "增加|增长|增多|上涨|上升|涨|变多|提高|扩大|比.{1,8}[高多]",
        "减少|下降|下跌|下滑|降低|降至|降到|变少|缩小|比.{1,8}[低少]|低于|少于",
    ),
    ("延长|加长|拉长", "缩短"),
    ("变了|改了|涨|降价|调整", "不变|仍[为是]|维持|保持"),
    ("失败", "成功"),
    ("(?<!非)全[职日]", "非全[职日]|兼职"),
    ("拆[了除掉]", "保留"),
    ("断水|停水|断电|停电|停诊|受影响|耽误", "不受影响|照常|不停"),
    ("比.{1,8}[高低多少大小贵长短快慢远近]|更[高低多少大小贵]|便宜", "一样|相同|持平|同价"),
    ("真品|原件|真迹|真的", "复制品|仿制|仿品|赝品|复制件"),
    ("开[门放诊吗]|营业|照常|不开", "休息|闭馆|歇业|停诊"),
    ("先看病后|先诊疗后", "先付|先交|预交"),
)

# The first time, or of its kind; and what comes later.
FIRST = lazy_pattern(
    "首[次个家例批位所台座条名]|第一[次个家例批位所台座条名间]|头一?[次回家个间位]|第一$|\\bfirst\\b"
)
LATER = lazy_pattern("第[二三四五六七八九十\\d]+[次个家例批位所台座条名]")
ASKED_BEFORE = lazy_pattern(
    "(?:以前|之前|从前|此前|原先|早先|过去|先前).{0,12}(?:过|有|能|会|是)|\\bever\\b"
)
# Where a question supposes it, what affirms has to say it too.
NEEDED = (
    (lazy_pattern("免费|无偿"), lazy_pattern("免费|无偿|不收|不用付|减免")),
    (
        lazy_pattern("非得|非要|必须|一定[得要]|不可[吗嘛?]"),
        lazy_pattern("须|需|应|要|得|才能|方可|一律|凭"),
    ),
    (lazy_pattern("同一|一样|相同"), lazy_pattern("同一|一样|相同|都|也|均")),
)
ALSO_DAYS = {"周六": {"周末"}, "周日": {"周末"}, "周末": {"周六", "周日"}}
DAY = lazy_pattern("周[一二三四五六日末]|节假日|春节|国庆|[夜晚][里上间]|白天|中午")
ALWAYS = lazy_pattern("24小时|全天候?|昼夜|全年无休")
BARE_MONEY = lazy_pattern("(\\d[万亿])(?![元人名张余多个台])")
ONLY = lazy_pattern("只(?!要)|得返|净系|仅|唯一|就(?:一|这|那)|光(?!荣|明)")
STILL = lazy_pattern("还(?=[有在能可收开看是要得])|仍|依然|继续")
NO_MORE = lazy_pattern("不再|搬[迁到至来离]|迁[至到往]|撤|停[办用诊]|取消|改为|改成|关闭|告别")
BUT_SOME = lazy_pattern("其余|其他|另外|除|休息|择优|部分")
MORE = lazy_pattern("还|也|另|增加|增至|并非|以及|不只|不止")
CLOSED = lazy_pattern("停用|停诊|停办|停运|取消|撤销|关闭|倒闭|关门|暂停|停止|禁止|拒绝|谢绝")
EVERY = lazy_pattern("(?<![首成])都(?![市江])|全[是都为]|全部|所有|每[天个位家人]|天天")
# A clause that names what the next ones speak of, and one that goes on about it.
TOPIC = lazy_pattern(
    "^(?:至于|对于|关于|说到|谈到|提到|谈及|针对|面对)|的(?:规定|做法|说法|传言|传闻)$"
)
REFERS_BACK = lazy_pattern(
    "但|却|不过|目前|现在|尚|还|仍|至今|这次|这一|此|暂|可(?!以)|要等|不受|不再"
)
# What stands alone after what is asked: 不预约，行不行.
TAG = lazy_pattern(
    "(?:行不行|可以吗|可以么|行吗|能行吗|好吗|好不好|对吧|对吗|对不对|是吗|是吧|是不是|真的吗|真的假的"
    "|是真的吗|有这回事吗|真有这事吗|成吗|得唔得|系咪)[呀啊]?"
)
# A negation within what describes: 没有喷淋的车库可以装吗.
ATTRIBUTE = lazy_pattern("(?:没有?|不|未|无|非)[^,的]{1,10}的")
OF_WHAT_IS_NOT = lazy_pattern("(?:不|无|非)[^,的]{1,8}的(?=[^,]{4})")
OF_THOSE_NOT = lazy_pattern("(?<!尚)(?<!从)(?<!并)未[^,的]{1,10}的")

# What a question is asked with, and says nothing of its matter.
ASKING = lazy_pattern(
    "有没有|是不是|能不能|会不会|可不可以|要不要|用不用|在不在|让不让|给不给|需不需要|难道|请问"
    "|非得|非要|不可(?=[吗嘛?]|$)|没(?:错|问题|事)(?=吧|$)|不(?:知道|清楚|晓得|了解|确定|明白)"
    "|没(?:弄|搞|听)(?:清楚?|懂|说)|是否|有无|可否|能否|(.)不\\1|没有?(?=[吗嘛?]|$)"
)
RHETORICAL = lazy_pattern("不是.*[吗嘛么?]|难道|不就|岂不|莫非")
BOUNDS = lazy_pattern("超过|不到|不足|多于|少于|大于|不止|至少|以上|以下|可以|上[百千万]|左右")
CUTS = lazy_pattern(
    r"\d[\d,.]*[万亿]?(?:[余多])?[年月日张名台个位层家所座栋元]?"
    "|[吗嘛么吧呢啊呀?!,.。、;:\"'()的了着过是有在可能会要想让给被把将为和与跟及到也都还就又很请问这那它们您你我个家所得需拟]|医院|已经|以前|现在|目前|允许"
    "|如果|时候|没|不|里|属于|成为|拥有|配备|提供|支持"
)
HAN_ONLY = lazy_pattern("[\u4e00-\u9fff]")
TERM = lazy_pattern(r"[a-z][a-z0-9.+-]*|\d+(?:\.\d+)?[a-z]+")
