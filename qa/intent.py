"""What kind of message it is, before anything is searched: small talk, or a plea for treatment.

Patterns, not a model: the two must hold for any documents, and a wrong refusal is worse than a
search that finds nothing. Leaves out: anger, jokes, and talk that is longer than a greeting. Text
that gives orders ("ignore the instructions") is a question like any other: nothing obeys it.
"""

from corpus.fold import fold
from corpus.lazy_pattern import lazy_pattern

_LETTER = lazy_pattern(r"[^\W\d_]")
_POLITE = (
    "你好|您好|你们好|大家好|各位好|哈[喽啰罗]|嗨|在吗|在不在|有人吗|有人在吗|早上好|早晨|早安|早"
    "|上午好|中午好|下午好|晚上好|晚安|午安"
    "|谢谢[你您]?|谢[谢啦了]|多谢[晒你您]?|感谢[你您]?|感恩|唔该[晒你]?|辛苦[你您]?了?"
    "|麻烦[你您]?了?|劳驾|打扰[一下你您]*了?|不客气|客气"
    "|不用谢?|唔使|没事|没关系|没问题|没有?了|好[的滴哒嘞嘅吧]?|得[喇啦]|行|可以|嗯+|哦+|噢+|喔+"
    "|啊+|哈+|呵+|嘿+|嘻+|额+|呃+|对|是的?|不是"
    "|系|我?知道|我?明白?|我?了解|收到|懂|清楚|再见|再会|拜拜?|回见|慢走|测试(?:一下)?|试试|试一下"
    "|真?棒|太[好棒]|很好|真好|不错|厉害|牛|赞|优秀|给力|开心|(?:新年|节日|生日|中秋|国庆"
    "|春节)快乐|恭喜(?:发财)?|祝你?.{0,4}(?:快乐|健康)"
    "|请问|请教|问一?个?问题|(?:我)?(?:想|要)?(?:咨询|请教|问)一?[下个]?(?:问题|事)?"
    "|我有一?个?(?:问题|疑问)|有(?:个)?问题|帮帮?我|帮个?忙|帮助|救命?助"
    "|你(?:是谁|叫什么(?:名字)?|会什么|会做什么|能做什么|可以做什么|能干什么|能帮我什么|是什么"
    "|是机器人|是人|是真人|是ai|几岁|多大)|你系边个|你识做乜"
    "|怎么用|如何使用|你?吃了吗|食咗饭未|(?:你)?最近(?:好|怎么样)|讲个笑话|聊聊天?|陪我聊天"
    "|hi|hiya|hello|hey|howdy|greetings|thanks?(?: you)?|thank you|thx|ty|cheers|ok(?:ay)?|okey|k"
    "|bye|goodbye|see you|good "
    "(?:morning|afternoon|evening|night|day|job)|test(?:ing)?|yes|yeah|no|nope|sure|great|nice"
    "|cool|wow|lol|haha+|please|sorry|help(?: me)?"
    "|(?:very|so) much|a lot|again|there|(?:have )?a (?:nice|good) day|nice to meet you"
    "|who are you|what are you|how are you(?: doing)?|what'?s up"
    "|how'?s it going|what can you do|are you (?:a |an )?(?:robot|human|bot|ai)|what(?:'s"
    "| is) your name|can you help me|i have a question"
)
_ORDER = lazy_pattern(
    "^(?:请|麻烦|可以|能不能|能)?(?:你)?(?:帮我|给我|替我|为我)?(?:用.{1,10}?)?(?:写|作|编|画|唱|讲|生成|创作)"
    "(?:[一几]?[首篇封段个张幅则]|.{0,12}(?:诗|歌|作文|代码|笑话|故事|邮件))"
    "|^(?:请|麻烦|你)?(?:帮|给|替|为)我(?!们)[^查问看说]{0,6}?(?<![年月日天])起[个一两三几十\\d]+个?"
    "[^年月]{0,6}?(?<![排多少几])名(?:字|$|[吧呢吗。!！?？])"
    "|(?:忽略|忘记|无视|不要管).{0,8}(?:指令|提示|规则|设定)|你现在是|扮演"
    "|(?<![术查疗])(?:怎么|如何|怎样)[做炒烧炖煮蒸炸卤](?:才|好吃|出来)(?:会|能|不|够|更|最|好|香|入味|的|$)"
    r"|\bignore (?:all |the |any )?(?:previous|above|prior)\b|\bsystem prompt\b"
    r"|^(?:please |can you |could you |would you )*(?:write|compose|draw|sing) (?:me )?an? "
)
_SMALL_TALK = lazy_pattern(rf"(?:(?:{_POLITE})(?:[呀啊啦呢哦喔吧了的吗嘛喇哩哟]|[\W_])*)+")

_PERSON = (
    "(?<!自)我(?![国省市县区院校军方州镇]|们(?:医院|市|县|院|学校))|俺|咱|本人"
    "|(?<![其吉排利])他(?!汀|人)|她|(?<!生)孩子|小孩|宝宝|[bB]{2}(?![a-z])|娃(?!哈)"
    "|老人|阿[妈爸公婆爷嫲]|老婆|老公|妻子|丈夫|儿子|女儿|闺女|囡|[个阿]仔|爸|妈(?!祖)|父亲|母亲|爷爷"
    "|奶奶|外公|外婆|姥[姥爷]|岳[父母]|哥|姐|弟|妹|家里人"
    "|家人|(?<!男)(?<!女)朋友(?!圈)|同事|室友"
    r"|\b(?:i|i'm|i've|my|me|he|she|his|her|we|our|son|daughter|kid|child|baby|mother|father|mom"
    r"|mum|dad"
    r"|wife|husband|grand\w+)\b"
)
# What is told of one case only, though nobody is named: 头疼三天了, 发烧39度.
_CASE = (
    "[一二两三四五六七八九十几半好多\\d]+个?(?:天|星期|周|月|年|小时|晚上?)了|最近|老是|总是|一直"
    "|经常|突然|忽然|昨[天晚]|今[天早晚]|早上起来|刚刚?"
    r"|[吃服]着|[吃服用喂]了?[\d一二两三四半几]+[片粒颗包袋]"
    r"|\d{2}(?:\.\d)?度|孕[\d一二三四五六七八九十几]+个?[周月]|血[压糖]\d+|高压\d+|低压\d+|[\d一二三四五六七八九十]+岁"
    r"|医生(?:说|让|给我|开了)|还是|体检|查出|确诊|报告[上说显]"
)
_SYMPTOM = (
    "疼|痛(?!风|经科)|胸口[闷堵]|烧到|发[烧热](?!门诊|友)|退烧|[低高]烧|咳|感冒|流感(?!疫苗)|头[晕昏]|眩晕|晕倒|晕|恶心"
    "|呕吐|作呕|想吐|拉肚子|肚屙|屙|腹泻|便秘|失眠|睡不[着好]"
    "|瞓唔着|心慌|心悸|胸闷|气短|喘|出血|流血|便血|尿血|过敏|发?痒|皮疹|起疹|肿(?!瘤|瘤科)|发麻"
    "|抽筋|抽搐|乏力|没力气|没胃口|不舒服|唔舒服|难受"
    "|扭伤|烫伤|摔伤|扭到|拉稀|掉头发|流鼻血|鼻塞|耳鸣|上火|发炎|中毒"
)
_ILLNESS = (
    "血压|血糖|血脂|尿酸|胆固醇|怀孕|孕妇|月经|痛经|抑郁|焦虑|肿瘤|癌|结节|息肉|囊肿|结石|骨折"
    "|糖尿病|高血压|冠心病|心脏病|痛风|湿疹|哮喘|肺炎|[胃肝肾]病|肝炎"
    "|胃炎|鼻炎|中风|脑梗|癫痫|贫血|痔疮|甲状腺|甲亢|乙肝|新冠|白血病|透析|化疗|放疗|手术|术后|病"
    "|吃药|服药|药|抗生素|头孢|布洛芬|胰岛素|[西沙]林|霉素|西汀|沙星|拉唑|替丁|唑仑|他汀"
    "|洛尔|地平|沙坦|双胍|疫苗|偏高|偏低|阳性"
)
_ENGLISH_ILLNESS = (
    r"\b(?:pains?|aches?|hurts?|\w*ache|headaches?|fever|cough\w*|dizzy|dizziness|nause\w+"
    r"|vomit\w*|diarrh\w+|bleed\w*|rash"
    r"|swollen|swelling|sore|sick|flu|cold|tired|insomnia|pregnan\w+|blood pressure|blood sugar"
    r"|hypertension|diabet\w+"
    r"|cancer|tumou?rs?|asthma|depress\w+|anxi\w+|infection|ibuprofen|aspirin|antibiotics?|insulin"
    r"|metformin|paracetamol"
    r"|painkillers?|medicines?|medications?|pills?|drugs?|surgery|symptoms?)\b"
)
# Asks for a medicine, a food or a judgement: nothing else can be meant.
_STRONG = (
    "[吃食服饮用][点些个]?(?:什么|啥|咩|乜嘢?|哪种|哪些|几[片粒颗]|多少片?)(?:的)?(?:感冒|退烧"
    "|止痛|消炎|降[压糖])?药|吃(?:什么|啥|点啥|咩|乜)(?![时科])"
    "|(?:能|能不能|可以|可不可以|可唔可以|要不要|该|该不该|应该|可否|能否|要|仲可以|还能"
    "|还可以)(?:再|同时|一起|多|不)?[吃食喝饮服](?!堂|到|上)|食唔食得|食得"
    "|怎么[治医调]|咋[治整]|如何(?:医治|用药|调理|缓解)|(?<!院)如何治(?!疗)|点[样]?医|怎么(?:缓解"
    "|退烧|止[痛疼咳血]|降[压糖]|用药|吃药|服用)|剂量|[加减多少换]一?片|停药(?:吗|行|可|$)|(?<!车)(?:[能敢该要]|可以)[自己行不先直接马上就]{0,4}停[了掉]?[吗嘛么]|(?:能"
    "|可以|要|该|敢)停药|接着[吃喂]"
    "|[吃食打](?:.{0,4}药|针)(?:好|啱)?(?:还是|定系?)"
    "|是不是(?:得了|患了|怀孕|有病|癌|发炎)|系咪(?:有病|癌)|是什么病(?!原)|得了什么病|什么(?:原因"
    "|问题)引起|偏方|食疗|能(?:治好|活多久|治愈)|会不会[死传]|会死|有没有事|有生命危险"
    r"|\bcan (?:a |an |the |my )?(?:\w+ ){0,3}(?:take|eat|drink|stop taking)\b"
    r"|\bwhat (?:medicines?|drugs?|pills?|medications?)\b"
    r"|\bwhat (?:can|should|do) (?:i|he|she|we|my \w+) (?:take|eat|do)\b|\bhow (?:do|can"
    r"|should) (?:i|we|you) (?:treat|cure|relieve|get rid of|lower|stop)\b"
    r"|\bhow to (?:treat|cure|relieve|get rid of|lower)\b|\bdos(?:e|age)\b|\bhome remed\w+"
    r"|\bhow much .{1,20} should\b|\bsafe to take\b|\bis it (?:cancer|fatal)"
    r"|\bwhat helps\b|\bgood for (?:my|a)\b|\bdo i have\b|\bwhat is wrong with (?:me|my)\b"
)
# Asks for advice about an illness, or where and how something is done at a hospital's counter.
_WEAK = (
    "怎么办(?!理|法|手续|卡|证|学|公|事|住)|咋办|怎样办|点算|点办|点搞|怎么弄|如何是好|严重吗"
    "|严不严重|严唔严重|要紧吗|要不要紧|紧唔紧要|危险吗|正常吗|有事吗"
    "|有问题吗|挂(?:什么|哪个|啥|边)(?:科|号)|看(?:什么|哪个|啥|边)科|(?:要|需要|用不用|要不要"
    "|使唔使|用|该不该|应不应该)(?:去|住|看|做|打|开)?(?:医院|住院|手术|看医生|吊针|开刀)[吗？?]?$"
    "|要做手术吗|要不要(?:做手术|去医院|看医生)|用不用[去住看做]|使唔使睇医生|吃药(?:行|管用"
    "|有用)?吗|注意(?:什么|啥|些什么)|有什么(?:办法|建议|好办法)|怎么(?:会|回事|处理|护理)|能好吗"
    r"|\bshould (?:i|he|she|we|my \w+)\b|\bdo (?:i|we) need\b|\bis (?:it|this|that) (?:serious"
    r"|dangerous|normal|ok)\b|\bany advice\b|\bwhat(?:'s| is) the matter\b|\bworried\b"
)
# Asks whether somebody who suffers may, should or need do something.
_MAY = lazy_pattern(
    "要不要|用不用|使唔使|该不该|应不应该|能不能|可不可以|可唔可以|行不行|好不好|得唔得|[行对]吗"
    "|(?:可以|能|要|用|该).{1,12}吗"
    r"|\b(?:should|can|may|could|must) (?:i|he|she|we|my \w+)\b"
)
# Findings, and remedies, of which somebody ill asks for a judgement.
_FINDING = (
    "膝盖|半月板|颈椎病|腰突|老寒腿|结节|息肉|囊肿|斑块|积[水液]|肌酐|转氨酶|血小板|见红|伤口|病灶"
    "|膏药|药酒|安眠药|止痛药|消炎药|打?封闭针?(?=还是|[好吗])|开刀"
    r"|\b(?:nodules?|creatinine|cyst|polyp)\b"
)
# Asks what to do of a body. The weak forms (能不能) count only before what is done to one.
_JUDGEMENT = lazy_pattern(
    "(?:要不要|该不该|应不应该|用不用|使唔使|适不适合|适合|是不是.{0,6}?[该得要]|是否[该需]|需[不要]|能不能|能否|可不可以|可唔可以|可以|还能|该|敢|要)"
    ".{0,4}?(?:[吃喝食饮抹擦涂贴敷切拔](?!饭|堂|席|苦)|开刀|动?手术(?=[吗？?]|$)|打针|打封闭|输液(?!费)|吊针"
    "|停药|[减加换]药|减半|加量|换(?:膝?关节|膝盖)|抽掉|穿刺|化疗|放疗|(?:开始)?透析(?=[吗？?]|$)|保胎|引产|运动|洗澡|同房)"
    "|[吃服用打].{1,12}还是.{1,12}[好行](?=[呢啊吗？?]|$)|该.{0,6}?[买用贴抹敷涂加换吃服][点些]?(?:什么|啥|哪种|哪款).{0,3}[药膏]"
    "|[吃食服喝打].{0,3}(?:几|幾|多少)(?:多|[片粒颗支袋包勺滴]|个?单位|毫[克升])|该打.{0,6}(?:还是|针)"
    "|有没有用(?![到过])|管用|好使|[先至]啱|抽了会不会|会不会越|严重吗|要紧吗|正常吗|正不正常|能好吗"
    r"|\b(?:should|can|may|could|must) (?:i|he|she|we|my \w+) (?:\w+ )?"
    r"(?:take|eat|drink|stop taking)\b"
)
# What is settled by rules or at a counter, whoever asks.
_BY_RULES = lazy_pattern(
    "免费|户口|户籍|政策|补[贴助]|名额|报名|招[聘生工]|保险|预约"
    "|(?<![去到上往住进回大])(?:医院|妇幼)|分院|院区|卫生[院室站]|[一二三四五六]院|(?<!静脉)中心(?!静脉)"
    "|[周礼星][拜期]?[一二三四五六日天末几]"
)
# What is offered, rather than what to do: a clinic, a ward, a visit.
_SERVICE = lazy_pattern("门诊|急诊|病房|住院部|陪[护床]|探[视病]|接送|轮椅|电梯|[挂哪几]|多少|中心")
_OFFICE = lazy_pattern(
    "办理|手续|医保|报销|异地|预约|建档|发票|收费|费用|多少钱|几多钱|价格|价钱|投诉|退费|退款"
    "|取报告|打印|病历|[证卡丢]|几点|电话|地址|在哪|边度|几楼|怎么走|主任|院长|出诊"
    "|坐诊|专家|招聘|采购|中标"
    r"|\b(?:appointment|book|register|cost|price|fees?|insurance|address|phone|complain\w*"
    r"|certificate|card|visit)\b"
)
# Nobody who writes this should first be shown quotes.
_EMERGENCY = lazy_pattern(
    "不想活|想自杀|想死|活不下去|活着没意思|自残|割腕|轻生|喘不[上过]气|呼吸困难|透不过气|唞唔到气"
    "|昏迷|失去意识|叫不醒|误[服食]|吞了|吞下|喝了(?:农药|消毒|洁厕)|噎住|卡住(?:喉|气)"
    "|没有?呼吸|没有?心跳|心脏骤停|大出血|血流不止|晕倒|昏倒|抽搐|触电|溺水|(?:被|让)(?:狗|蛇|猫"
    "|蜂).{0,3}咬"
    r"|\b(?:want to die|kill myself|suicidal|end my life|can't breathe|cannot breathe"
    r"|trouble breathing|unconscious|collapsed"
    r"|choking|overdosed?|swallowed|seizure|chest pain|heart attack|stroke)\b"
)
_A_CASE_OF_ONE = lazy_pattern(
    rf"^(?:医生|你好|您好|请问|救命|\W)*(?:(?:{_PERSON})|{_CASE})?.{{0,10}}(?:{_SYMPTOM})"
    rf"|^(?:i have|i've got|i feel|i am|i'm|my )"
)
_ASKS = lazy_pattern(
    "[吗么?哪谁]|(?<!好)几|多少|什么|是否|多久|有没有|门诊|科|医院|病房|中心|医生|专家|疫苗|治疗"
    "|研究|设备|人数|率"
    r"|\b(?:who|when|where|which|what|how|is|are|does|do|did|can|hospital|clinic|department)\b"
)
_QUOTED = lazy_pattern('["「『].*?["」』]')  # what somebody else said
_ILL = lazy_pattern(f"{_SYMPTOM}|{_ILLNESS}|{_ENGLISH_ILLNESS}")
_FOUND = lazy_pattern(_FINDING)
_SUFFERS = lazy_pattern(f"{_SYMPTOM}|{_ENGLISH_ILLNESS}")
_STRONGLY_ADVISED = lazy_pattern(_STRONG)
_ADVISED = lazy_pattern(_WEAK)
_MEDICINE_FOR_ME = lazy_pattern(
    "我(?:应?该|要|得|可以)?[吃服用](?:什么|啥|哪种)药|\\bwhat (?:medicine|pill)s? should i\\b"
)
_OF_A_PERSON = lazy_pattern(f"{_PERSON}|{_CASE}")
_SHORT_PLEA = 40  # characters of a message that only says what hurts


def is_a_question(text: str) -> bool:
    """Tell whether the text asks something: not a greeting, nor only digits, signs or emoji.

    >>> is_a_question("床位"), is_a_question("你好呀"), is_a_question("😀 123")
    (True, False, False)
    >>> is_a_question("謝謝您！"), is_a_question("你好，有食堂吗")
    (False, True)
    """
    folded = fold(text)
    return len(_LETTER.findall(folded)) > 1 and _SMALL_TALK.fullmatch(folded.strip()) is None


def wants_treatment(folded: str) -> bool:
    """Tell whether a folded question asks what to do about an illness, or tells of an emergency.

    Where it is a matter for a counter (怎么办理, 报销, a doctor's telephone), it does not.

    >>> wants_treatment("糖尿病人能吃香蕉吗"), wants_treatment("糖尿病科在几楼")
    (True, False)
    >>> wants_treatment("我胸口疼得厉害"), wants_treatment("病人投诉怎么办理")
    (True, False)
    """
    folded = _QUOTED.sub("", folded)
    urgent = _EMERGENCY.search(folded) is not None and is_personal(folded)
    if urgent and (_ADVISED.search(folded) or not _ASKS.search(folded)):
        return True
    if _OFFICE.search(folded):
        return False
    if _MEDICINE_FOR_ME.search(folded):
        return True
    if _suffers_and_may(folded) or _wants_a_judgement(folded):
        return True
    if _ILL.search(folded) and (_STRONGLY_ADVISED.search(folded) or _ADVISED.search(folded)):
        return True
    return _only_complains(folded)


def is_an_order(folded: str) -> bool:
    """Tell whether a folded text tells a machine to make something, or to forget its rules.

    >>> is_an_order("帮我写一首关于春天的诗"), is_an_order("院长写了几首诗")
    (True, False)
    """
    return _ORDER.search(folded) is not None


def is_personal(folded: str) -> bool:
    """Tell whether a folded question speaks of the person who asks, of a relative, or of one case.

    >>> is_personal("我妈血压高怎么办"), is_personal("高血压怎么治"), is_personal("发烧39度怎么办")
    (True, False, True)
    """
    return _OF_A_PERSON.search(folded) is not None


def _suffers_and_may(folded: str) -> bool:
    """Tell whether somebody suffers and asks whether to do something: 孩子咳嗽可以吃头孢吗."""
    return (
        is_personal(folded)
        and _SUFFERS.search(folded) is not None
        and _MAY.search(folded) is not None
        and (_BY_RULES.search(folded) or _SERVICE.search(folded)) is None
    )


def _wants_a_judgement(folded: str) -> bool:
    """Tell whether somebody asks what to think or do of a body: 我膝盖积水要不要开刀."""
    return (
        is_personal(folded)
        and (_FOUND.search(folded) or _ILL.search(folded)) is not None
        and _JUDGEMENT.search(folded) is not None
        and _BY_RULES.search(folded) is None
    )


def _only_complains(folded: str) -> bool:
    """Tell whether a short message says that somebody suffers, and asks nothing: 我头疼."""
    return (
        len(folded) <= _SHORT_PLEA
        and _SUFFERS.search(folded) is not None
        and is_personal(folded)
        and _A_CASE_OF_ONE.search(folded) is not None
        and _ASKS.search(folded) is None
    )
