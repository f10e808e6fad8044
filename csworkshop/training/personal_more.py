"""More lines for the tagger of names and addresses: the same lines with other people's names in them.

What stands around a name is learnt from every line, and from a name that stands in one line nothing but its form.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from csworkshop.cases.name_evidence import evidence
from csworkshop.cases.tagger_marks import GIVEN_NAMES
from csworkshop.text.datafile import read_toml
from csworkshop.training.personal_lots import Line

# By how many have them, the most frequent first.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜"
    "崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向常汤康易乔赖文施洪"
    "殷颜庄葛申倪邢牛温安翟詹关解鲁樊耿季柯柳辛闵佟苗祝单车祁冉麻滕阮晏甄臧苟卞满蒲蔺边缪尚褚聂"
)
COMPOUND = "欧阳 司马 上官 诸葛 司徒 皇甫 慕容 令狐 东方 尉迟".split()
# Of other peoples, as Chinese desks write them.
ELSEWHERE = (
    "安德烈 卡洛斯 玛丽亚 彼得罗维奇 伊万诺夫 娜塔莎 奥利维亚 安娜 大卫 詹姆斯 亚历山大 史密斯 索菲亚 马克 丹尼尔 "
    "艾米丽 田中美咲 佐藤健一 山本由美 铃木大辅 中村优子 金秀贤 朴正浩 李英爱 阮氏梅 阮文雄 陈氏兰 颂猜 "
    "阿依古丽 买买提 古丽娜尔 热依汗 吐尔逊 艾孜买提 帕提古丽 木合塔尔 阿迪力 努尔兰 叶尔江 迪丽热孜 沙吾列 "
    "扎西顿珠 卓玛拉姆 次仁旺堆 达娃卓嘎 才让东智 仁青措 索南多吉 格桑梅朵 丹增 尼玛次仁 巴桑 拉巴 "
    "巴特尔 乌云其其格 苏日娜 其木格 那日苏 阿拉坦 萨仁 布仁巴雅尔 娜仁托娅 "
    "阿迪力·买买提 古丽娜尔·吐尔逊 艾力·哈山 库尔班·艾山 阿依夏木·热合曼 扎西·多吉 约翰·史密斯 玛丽·布朗 "
    "次仁 旺堆 卓嘎 德吉 白玛 平措 强巴 洛桑 央金 桑杰 扎西 次仁措姆 丹增罗布 多吉才让 仁增旺姆 贡布 "
    "库尔班江 艾合买提江 古丽 阿卜杜拉 麦麦提 热孜宛 玛依拉 巴哈尔古丽 哈里木拉提 叶尔肯 加娜尔 塔力哈提 "
    "马哈桑 马尔沙 马一卜拉 穆萨 法图麦 巴图 特木尔 呼和 格日勒 斯琴 图雅 朝鲁 德力格尔 "
    "阿依 阿木 吉木子 曲木阿果 吉伍 阿呷 日火 何阿妹 蓝阿婆 盘阿贵 赵老四 李有财 韦阿妹 "
    "伊万 安娜 托马斯 卢卡斯 金智恩 崔敏浩 桥本健 高桥直子 "
    "沙马拉且 吉克阿木 曲比阿乌 岩温罕 玉香罕 木拉提 马合木提 韦克多尔"
).split()
_NICK = re.compile("[小老阿大][\u3400-\u9fff]")
_HANZI = re.compile("[\u3400-\u9fff]{1,3}")


class Renaming:
    """Draws names; `seed` makes the same draws each time."""

    def __init__(self, seed: int, lines: Sequence[Line]) -> None:
        """lines: where other addresses are taken from, those of the same lot."""
        self.homes: dict[str, list[str]] = {}
        for line in lines:
            self.homes.setdefault(line.lot, []).extend(line.text[s:e] for kind, s, e in line.spans if kind == "address")
        self.random = random.Random(seed)
        groups = {key: words.split() for key, words in read_toml(GIVEN_NAMES).items()}
        self.single = groups.pop("single")
        self.doubled = groups.pop("doubled")
        self.given = [group for group in groups.values()]
        self.known = {name for group in self.given for name in group}
        self.weights = [1 / (n + 8) for n in range(len(SURNAMES))]

    def surname(self) -> str:
        return self.random.choices(SURNAMES, self.weights)[0]

    def family(self) -> str:
        """A surname, now and then a compound one."""
        return self.random.choice(COMPOUND) if self.random.random() < 0.04 else self.surname()

    def full(self) -> str:
        """A full name; now and then with a compound surname, or of another people."""
        draw = self.random.random()
        if draw < 0.07:
            return self.random.choice(ELSEWHERE)
        given = self.random.choice(self.single) if draw < 0.25 else self.given_name()
        return (self.random.choice(COMPOUND) if draw > 0.95 else self.surname()) + given

    def given_name(self) -> str:
        """A given name of two characters, half of them from the list, half put together of two in fashion together."""
        group = self.random.choice(self.given)
        one, other = self.random.choice(group), self.random.choice(group)
        return one if self.random.random() < 0.5 else one[0] + other[1]

    def line(self, line: Line) -> Line:
        """The line with other names, where its names are of a form that can be drawn; the same for the same name."""
        drawn: dict[str, str] = {}
        names = {line.text[s:e] for kind, s, e in line.spans if kind == "name"}
        for name in sorted(names, key=lambda n: (-len(n), n)):
            again = any(other != name and other in name for other in names)
            drawn[name] = self._other(name, drawn, again)
        text, spans, last = "", [], 0
        for kind, start, end in line.spans:
            text += line.text[last:start]
            value = line.text[start:end]
            if kind == "name":
                value = drawn[value]
            elif kind == "address":
                value = self.random.choice(self.homes[line.lot])
            spans.append((kind, len(text), len(text) + len(value)))
            text += value
            last = end
        return replace(line, text=text + line.text[last:], spans=tuple(spans))

    def _other(self, name: str, drawn: dict[str, str], again: bool) -> str:
        """Another name of its form; of its length, too, if a part of it stands there `again`."""
        for old, new in drawn.items():  # 浩然 of 闫浩然, 闫 of 闫浩然
            if len(old) == len(new) and name in old:
                at = old.index(name)
                return new[at : at + len(name)]
        known, surnames = evidence().given, evidence().surname
        if not _HANZI.fullmatch(name):
            found = name
        elif len(name) == 1:
            found = self.family() if name in surnames else name
        elif _NICK.fullmatch(name):
            given = name[0] == "阿" or self.random.random() < 0.25
            found = name[0] + (self.random.choice(self.single) if given else self.surname())
        elif len(name) == 2 and name[0] == name[1]:
            found = self.random.choice(self.doubled)
        elif len(name) == 2 and (name in self.known or name[0] not in surnames):
            found = self.given_name() if min(known.get(c, -6.0) for c in name) > -3 else name
        elif name[0] in surnames:
            found = self.full()
            while again and len(found) != len(name):
                found = self.full()
        else:
            found = name
        return found
