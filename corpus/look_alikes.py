"""Characters that are mistaken for each other by their looks: 冶 for 治, 项 for 顶.

Slips of handwriting input, of reading a page by machine, and of those who copy a name from one.
"""

_GROUPS = """
    治冶 项顶 己已巳 未末 土士 人入 日曰 大太犬 天夭 千干于 午牛 贝见
    免兔 令今 住往 侯候 戊戌戍 折拆析 岛鸟乌 玉王主 平乎 广厂 目且
    甲申由田 白自 木本术 刀力 九丸 几儿 万方 义叉 毛手 仓仑 汾汶 信倍
    宜宣 京享 西酉 深探 浙渐 江汪 庆厌 廊廓 云去 城域 辽迈 宁宇 沈沉
    津律 徐除 郑邓 洛络 贵责 栗粟 拔拨 券卷 竞竟 崇祟 陕陜 狠狼 赢羸
    既即 暖暧 晴睛 肓盲 茶荼 准淮 雎睢 孟盂 晋普 亳毫 枫飒 汨汩 壶壸
    商啇 鸣呜 束柬 延廷 段叚 兴舆 仪议 陵棱 绥缓 凌浚 抚扶 邢刑 洪拱
    济挤 潞路 漳潭
"""
BY_LOOKS = str.maketrans({char: group[0] for group in _GROUPS.split() for char in group[1:]})
"""Puts one character for all that look like it, for `str.translate`."""
