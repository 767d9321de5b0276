"""Characters that are mistaken for each other by their looks: 冶 for 治, 项 for 顶.

Slips of handwriting input, of reading a page by machine, and of those who copy a name from one. Of
each group all but one are hardly ever in the name of a place or a family: 郑 and 邓 look alike too,
and 郑家 and 邓家 are two villages.
"""

_GROUPS = """
    治冶 顶项 己巳 未末 人入 日曰 天夭 兔免 令今 往住 折拆析 岛鸟 平乎
    广厂 白自 九丸 毛手 信倍 京享 深探 浙渐 庆厌 廊廓 云去 城域 辽迈
    沈沉 津律 徐除 洛络 贵责 栗粟 券卷 竞竟 崇祟 陕陜 赢羸 既即 晴睛
    肓盲 茶荼 淮准 枫飒 壶壸 商啇 鸣呜 束柬 延廷 段叚 兴舆 仪议 绥缓
    邢刑 洪拱 济挤
"""
BY_LOOKS = str.maketrans({char: group[0] for group in _GROUPS.split() for char in group[1:]})
"""Puts one character for all that look like it, for `str.translate`."""
