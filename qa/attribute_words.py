"""What people ask for by its usual name and the words that tell it, for `qa.attributes`.

Patterns of folded text: what is asked in Chinese, in English (whole words), what a text says. Wide
on the telling side, for a text that may tell must never count as silent.
"""

_WHICH = "(?:哪(?:一?[个家所座条种位支项间])?|什么|边[个間间])"
_STUDIED = "毕业|学历|博士|硕士|本科|读|师从|考[入上进]|录取|校友|出身|就学|求学|大学[生时]"
ATTRIBUTES = (
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
        "(?:many|much|total|number of) (?:\\w+ ){0,3}(?:staff|employees?)|workforce",
        "职工|员工|在[职编岗]|从业|职员|工人|人员.{0,8}\\d|全院.{0,6}人",
    ),
    ("几层|多少层|楼层|层楼", "storeys?|stories|floors does|how many floors", "层|楼"),
    ("多深|深度", "how deep", "深"),
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
        "工资|薪[水资酬]|月薪|年薪|收入多少|待遇|人工(?=[几多是有])",
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
    ("(?<!医)保险?费(?!用)", "premiums?", "保费|保险费|参保|缴|[交投]保.{0,8}\\d+元"),
    ("补[贴助]|津贴", "subsid(?:y|ies)|allowances?", "补|津贴|资助|奖|元"),
    ("门票|票价|一张票", "tickets?|admission fee", "票|免费|(?<![万亿])元"),
    ("[首头末尾]班车?", "(?:first|last) (?:bus|train|ferry)", "[首头末尾早]班|[首末]车"),
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
        "多大(?:年纪|岁数)|(?<![积模有])多大了|几岁(?!以)|多少岁(?=了|[?？]*$)|年龄",
        "how old is (?:he|she|dr|the d(?:octor|irector))",
        "岁|年龄|出生|年生|年纪|现年",
    ),
    (
        "毕业|学历",
        "graduated?",
        f"{_STUDIED}|专业",
    ),
    ("自费|自付|自掏", "out of pocket", "自[费付理掏]|\\d元|报销|免费"),
    ("每个?月哪几?[天日]", "which days of the month", "\\d+[日号]|周|旬|月[初底中]|星期|每[天日]"),
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
BEGINNINGS = (
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
MATTERS = (
    (
        f"{_WHICH}公司(?!生产|制造|的产品|做的)",
        "(?:which|what) company",
        "公司|集团|企业|厂|社|店|牌|联通|移动|电信|巴|铁|[a-z]{3}",
    ),
    (
        f"{_WHICH}(?:大学|学校|学院|校)(?:毕业|读|念|学)",
        "graduate[sd]? from",
        _STUDIED,
    ),
    (f"{_WHICH}(?:大学|学校|学院|校)", "(?:which|what) (?:university|school)", "大学|学院|校|医大"),
    (
        f"{_WHICH}专业|专业是",
        "major(?:ed)? in",
        "专业|攻读|主修|就读|毕业|学[的过了士]|[硕博]士|学院|系[,，。主毕]|出身|师[从范]",
    ),
    (
        "擅长|专长|主攻|拿手|看(?:什么|哪[些种类方])(?:病|方面)",
        "specialis\\w+|specializ\\w+|good at",
        "擅长|专长|主攻|专[攻家科注业治]|从事|研究|方向|治疗|诊[治疗]|领域|主任|绝活|拿手|看家|名医|医[师生]",
    ),
    (f"{_WHICH}科室?", "(?:which|what) department", "科|部|室|队|中心"),
    (
        f"{_WHICH}村",
        "(?:which|what) village",
        "(?<![驻农乡进入扶全本山该])村(?![医民里级官干])|村(?=[委支])|庄|屯|寨",
    ),
    (f"{_WHICH}(?:县|镇|乡)", "(?:which|what) (?:county|town)", "[县镇乡旗市区街]"),
    (
        "老家|籍贯|祖籍|(?:哪[里儿]?|边度)(?:[省市县]的?)?人(?![员数民少多称口])",
        "hometown|where is (?:he|she|dr|professor) .{0,20}from",
        (
            "籍|老家|出生|生[于在]|故乡|家乡|[省市县区镇乡村州岛国)）阳]人(?![民大员口均])"
            "|(?<![等本个人病老工夫两几])人[,，、。]|来自|本地|土生|外地"
        ),
    ),
    ("男女|性别|男的多|女的多", "men or women", "[男女]"),
    (
        "前任|上一任|历任|之前.{0,14}(?:院长|书记|主任|局长|校长).{0,3}是?谁",
        "predecessors?|former (?:president|director)",
        "[前原历卸离继接首]任|原[院副党]|老[院书主局]|退|曾|调[任离]|接[替班棒过]|上一任|任[至到职期]|第[一二三四五六七八九十\\d]+任",
    ),
    (
        "上一?届",
        "last (?:year's|edition)",
        "[上前]一?届|去年|上年|卫冕|蝉联|20\\d\\d|首届|第[一二三四五六七八九十]+届",
    ),
    (
        "下一步|(?<![本只原])打算|接下来",
        "next step|going to do next",
        "将|要|计划|打算|拟|下一?步|未来|力争|年[底内]|明年|今后|接下来|准备|预计|正在|目标|争取|希望|想",
    ),
    (
        "(?:公司|厂家?|企业|单位|哪[家个])(?:中标)?(?:施工|承建|中标)|谁(?:施工|承建|修)的|施工[单队]",
        "contractors?|construction company",
        "施工|承建|承包|中标|建筑|路桥|建设(?:公司|集团|单位)|[中建][铁工建]|工程[局队公]",
    ),
    (
        "(?:公司|厂家?|企业)(?:生产|制造|出品)的|厂商|制造商|生产商|供应商",
        "manufactur\\w+|supplier",
        (
            "公司|集团|企业|厂|生产|制造|出产|产[自于]|研[制发]|品牌|牌|引进自|购自|供应|[a-z]{4}"
            "|西门子|飞利浦|联影|通用电气|东软|达芬奇|迈瑞"
        ),
    ),
    (
        "谁设计|设计师|建筑师|设计院|设计单位|设计者",
        "architects?|designers?|designed by|who designed",
        "设计|建筑师|出自|手笔",
    ),
    ("院训|校训|厂训|座右铭", "motto", "训|精神|宗旨|理念|格言|座右铭"),
    ("动物园", "zoo", "动物|野生"),
    ("科技馆", "science museum", "科技|科学|科普"),
    ("美术馆", "art (?:museum|gallery)", "美术|艺术|书画"),
    ("博物馆", "museum", "博物|展|馆"),
    ("图书馆", "library", "图书|书|阅览|馆"),
    ("体育[馆场]", "stadium|gymnasium", "体育|[球赛]场|场馆|馆"),
    ("机场", "airport", "机场|航|飞"),
    ("火车站|高铁站", "(?:railway|train) station", "站|高铁|铁路|列车|火车"),
    ("幼儿园", "kindergarten", "幼|园"),
    ("大桥", "bridge", "桥"),
    ("隧道", "tunnel", "隧"),
    ("水库", "reservoir", "水库|库|坝"),
    ("轻轨|地铁线", "subway line|metro line", "号线|地铁|轻轨|轨道|线路|列车"),
    ("判[了处]?(?:几|多少|多久)|刑期|判刑", "sentenced|prison term", "判|刑|狱|拘"),
    ("停[在放]|停靠", "parked", "停|机坪|基地|机库|库|驻|泊"),
    (
        "周末|(?:礼拜|周|星期)[六日天](?=开|上|休|有|能|看|出|营|照|,|还)",
        "weekends?|on (?:saturday|sunday)s?",
        "周|星期|礼拜|双休|每[天日]|天天|全[天年]|24小时|节假|无休|照常|工作日|假[日期]|日",
    ),
    ("翻译|讲英语", "interpreters?|speaks? english", "翻译|口译|英语|英文|外语|双语"),
    ("搬去|搬迁", "relocated", "搬|迁"),
    (
        "[要另][外要]?[交收给付].{0,8}[费钱]|收不收[费钱]|要不要(?:钱|花钱|收费|门票)|[要收用](?:买|花)?(?:门票|票)[吗么]|免费[吗么]",
        "free of charge",
        "费|钱|元|免|价|收|块|补",
    ),
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
