"""Names of people in a Chinese text: a family name and one or two characters, where names stand.

That is after a title (院长, 医生), before one, or before what somebody says. Leaves out: names of
other peoples, and names that stand where any word may. Where only silence matters, `may_name` takes
whatever may be a name.
"""

from collections.abc import Iterator

from corpus.lazy_pattern import lazy_pattern

_HAN = "\u4e00-\u9fff"
FAMILY = (  # characters that family names of one character are
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤洪左邢柳芮温康施文牛樊葛章殷齐庄鲁耿翟伍祝季俞焦裴关柴车尚岳欧聂麦卫沙鲍"
    "辛凌盛闵骆霍宁靳娄游祁成房解应甘冉景单裘缪干宗丛包苗桂童管岑危屈项席穆费路甄颜倪华安詹涂阮符"
    "兰常褚池柯巫饶冀寇卓滕佟隋鞠栾蒲原桑虞晏仲尤封晁瞿全阳占糜匡岩宓宫冼扈郎储乔谷牟申古米贝老明"
    "易喻柏水窦云奚昌花酆廉毕邬乐时傅皮卞元卜平司蔺鄢冷纪仇荀臧赖邝隗邰鄂桓翁闻戎伊栗邸呼延仝苟靖佘滑敖融简沃沐"
    "逄嵇贡宣杭钮荣惠曲羿汲乌巴弓牧蓬郗班秋厉祖束璩幸韶郜蓟薄籍胥莘屠姬扶堵宰郦雍濮寿燕浦农茹习宦艾慎"
    "戈庾暨衡弘阙蔚隆巩勾訾阚那巢蒯荆竺逯苑敬禹狄茅庞舒麻梅刁谈蓝查国左"
)
_COMPOUND = (
    "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|左丘|东郭|宇文|长孙|端木|夏侯|独孤|南宫|东方|轩辕|钟离|申屠"
    "|澹台"
)
# Words that begin like a name and are none.
_NO_NAME = (
    "方便|方面|方式|方案|方向|管理|管大|管好|康复|平台|平安|平均|平时|平等|原来|原有|高年|高级|高度|高质|高效|高水|万[名人]"
    "|余[名人个]|项重|项目|项技|明[确纪显天]|严[把格重查禁]|成[立为功员果长效]|全[面院国市省科体力程方过覆]|司法|关[于注键心]|余[年天]|原[则因]|文化|任党|应[急用对当该]|常[务年态规]"
    "|安[全排装]|解[决读]|相关|时[间任刻候]|任[务职命何]|卫[生健]|白[天求]|金[牌融额]|马上|于[是今]|从[事而]|包[括含]|章程|老[人师年百党]"
    "|易[地于]|水平|元旦|花费|程序|施[工行]|和[谐]|单[位位]|连续|通[过知]|国[家内际务民有产外防画]|查[看找处询房出]|左右|巴士|农[村民业田产]|荣[获誉膺]|习惯|艾滋|舒[适心缓]|麻[醉烦]|宣[布讲传读]|惠[及民]|扶[贫持助]|敬[老业]|谈[到起及]|束[手缚]|贡献|厉[行害]|班[子组]|寿命|国庆|牧区|巩固|左右|温[馨暖]|阳[光性]|伍|张[床贴]|查房|巡[回诊]|党[员委]|组织|支[部援]"
)
_TITLE = (
    "书记|院长|主任|局长|厅长|处长|科长|县长|市长|镇长|村长|部长|所长|站长|会长|理事长|董事长|总经理|经理|队长"
    "|馆长|校长|园长|秘书长|主席|护士长|负责人|创始人|带头人|医师|医生|教授|院士|博士|专家|记者|护士|药师"
    "|村医|患者|先生|女士|同志|老师|作者|教练"
)
_SAYS = "说|表示|介绍|告诉|指出|认为|坦言|透露|强调|带[领着]|率|主持|出席|担任|兼|任"
_FAMILY_NAME = rf"(?!{_NO_NAME})(?:{_COMPOUND}|[{FAMILY}])"
_NAME = (
    rf"{_FAMILY_NAME}"
    rf"(?:[{_HAN}]{{1,2}}?(?={_SAYS}|{_TITLE}|[^{_HAN}]|$)|[{_HAN}]{{2}})"
)
PERSON = lazy_pattern(
    rf"(?:(?:{_TITLE})(?:[是为叫、：]|——)?|名叫|叫做?|[是由请聘](?=[^{_HAN}]?{_NAME}[^{_HAN}]))"
    rf"[“‘]?(?P<after>{_NAME})(?![地得了])"
    rf"|(?<![{_HAN}\d])(?P<alone>{_NAME})(?=(?:{_TITLE}|{_SAYS}|[、（，]))"
    rf"|(?<=者|的|了|”)(?P<told>{_NAME})(?={_TITLE}|[，。；”]|{_SAYS})"
)
"""Matches a name in text without line breaks; the group that matched is the name alone."""
# Whose name is asked for: 那位旅客叫什么, 6名院士都是谁.
_SOMEBODY = (
    "[者员师长客妇生汉婆公爷奶孩娃夫妻儿女妈爸母父弟哥姐妹侄孙徒友亲]|司机|(?<!机器)人|(?<!扶)手|(?<![单岗部床])位|[妻孩儿侄弟嫂]子|主任|书记|院士|教授"
    "|博士|护士|冠军|教练|代表"
)
_ASKS_A_NAME = lazy_pattern(
    f"(?:{_SOMEBODY})(?:的?(?:全名|姓名|名字|真名|大名)|[们都又到底]+)?"
    "(?:(?:[分各]别|都|是|系)*(?:叫|姓)(?:什么|啥|甚|做什么|做啥|[咩乜])|,?姓甚名谁"
    "|的?(?:全名|姓名|名字|真名)[是叫系]|(?:都|[分各]别)[是系](?:谁|哪|边))"
    "|[选评推]出了?谁|谁当选|[是有]哪[几两二三四五六七八九十\\d]+[位名](?:[^条项]|$)"
    "|\\bnames? of the .{0,40}(?:m[ae]n|wom[ae]n|person|people|doctor|nurse|patient|director"
    "|president|passenger|driver|teacher|student|worker|officer|girl|boy|mother|father|wife"
    "|husband|son|author)"
)
A_NAME = rf"{_FAMILY_NAME}[{_HAN}]{{1,2}}"
_AFTER_A_NOUN = lazy_pattern(
    '(?:[人员长者师记妇工民商生女男友子匠农医警嫂翁童徒弟妻夫娃婆媳兵户手娘家科部处所站队组室村和与、,:("]|书记|主任|支书|总监|经理|教授|教练|代表|司机|岁的)'
    f"(?P<name>{A_NAME})"
)
_IN_QUOTES = lazy_pattern('["《「『](?P<name>[^"》」』]{2,20})["》」』]')
# A person without a family name (贾某, 卜老师, 阿莉·古丽), and what says that a name comes.
_CALLED = lazy_pattern(
    f"[{_HAN}](?:某|氏|老师|师傅)|[老小阿][{_HAN}](?=[。、:;的说,])|[{_HAN}]·[{_HAN}]|[a-z]{{2}}"
    "|(?<!能)[叫喊称唤](?!什么|做到)|名为|[原本改更全]名|[绰外别]号|前身|命名|[取起书]名|品牌|题目?为|[(]"
)


def asks_for_a_name(folded: str) -> bool:
    """Tell whether a folded question wants names of people, and nothing else would do.

    >>> asks_for_a_name("那位旅客叫什么"), asks_for_a_name("谁出钱")
    (True, False)
    """
    return _ASKS_A_NAME.search(folded) is not None


def may_name(text: str, beside: str) -> bool:
    """Tell whether a folded text may name anybody or anything that `beside` does not say.

    >>> may_name("放映员褚天宝探出头来", "放映员叫什么"), may_name("派出两名医师", "医师叫什么")
    (True, False)
    """
    quoted = (found["name"] for found in _IN_QUOTES.finditer(text))
    is_called = _CALLED.search(text) is not None
    return is_called or names_another(text, beside) or any(name not in beside for name in quoted)


def names_another(text: str, beside: str) -> bool:
    """Tell whether a folded text seems to name a person whom `beside` does not.

    >>> names_another("柜员安琪多问了一句", "柜员叫什么"), names_another("他28岁", "他叫什么")
    (True, False)
    """
    return any(name not in beside for name in people(text))


def people(text: str) -> Iterator[str]:
    """Yield the names of people that a folded text seems to have, some of them twice."""
    for found in PERSON.finditer(text):
        yield next(name for name in found.groups() if name)
    for found in _AFTER_A_NOUN.finditer(text):
        yield found["name"]
