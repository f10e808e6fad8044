"""Made-up people and ways of writing down what is theirs, to try the finders with. Seeded; every value is invented."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from pathlib import Path

from faker import Faker

from csworkshop.cases.check_digits import _CREDIT_LETTERS, credit_code, luhn

SENTENCES = Path(__file__).parent / "sentences"
_WIDE = {c: chr(ord(c) + 0xFEE0) for c in string.digits + string.ascii_letters + "-@."}
_HANZI_DIGITS = dict(zip(string.digits, "零一二三四五六七八九", strict=True))
_COMPOUND = "欧阳 司马 上官 诸葛 司徒 夏侯 皇甫 慕容 令狐 东方 南宫 尉迟 公孙 端木".split()
_RARE = "翟 佘 岑 闵 覃 邬 佟 栾 芮 臧 甄 俞 詹 隋 阚 晏 麦 符 冼 卜".split()
_DOTTED = (
    "阿迪力·买买提 古丽娜尔·吐尔逊 扎西·多吉 努尔江·哈山 艾力·吐尔地 买买提·艾山 乌兰·巴特尔 阿依古丽·热合曼 "
    "格桑·卓玛 帕提曼·阿不都热依木 迪丽努尔·艾合买提 斯琴·高娃"
).split()
_LATIN = ["Jack", "Linda Chen", "Kevin", "Amy Wang", "Tony", "Sophia Liu", "Michael", "Jessica", "Vivian Zhao", "Leo"]
_TITLES = "先生 女士 小姐 经理 主任 师傅 老师 阿姨 大爷 医生 工 姐 哥 总".split()
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青川宁琼"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def _places(family: str) -> dict[str, list[str]]:
    lines = (SENTENCES / f"places_{family}.txt").read_text("utf-8").splitlines()
    return {key: words.split() for key, _, words in (line.partition(" ") for line in lines)}


class People:
    """Draws values of every kind; `write` puts one down in one of the ways people write it."""

    def __init__(self, seed: int, family: str = "first") -> None:
        self.places = _places(family)
        self.random = random.Random(seed)
        self.faker = Faker("zh_CN")
        self.faker.seed_instance(seed)

    # --- names ---------------------------------------------------------------------------------------------

    def name(self) -> str:
        """A full name; one in ten with a compound or rare surname."""
        given = self.random.choice(self.places["given"]) if "given" in self.places else self.faker.first_name()
        draw = self.random.random()
        if draw < 0.06:
            return self.random.choice(_COMPOUND) + given
        if draw < 0.14:
            return self.random.choice(_RARE) + given
        return self.faker.last_name() + given

    def any_name(self) -> str:
        """A full name, seldom one with a dot."""
        return self.random.choice(_DOTTED) if self.random.random() < 0.05 else self.name()

    def nickname(self) -> str:
        """小李, 老陈, 阿强."""
        if self.random.random() < 0.25:
            return "阿" + self.random.choice("强芳明丽杰敏伟霞凯雅辉珍")
        return self.random.choice("小小小老") + self.random.choice([self.faker.last_name(), *_RARE])

    def surname(self) -> str:
        """A surname, to stand before a title."""
        return self.faker.last_name()

    def title(self) -> str:
        return self.random.choice(_TITLES)

    def latin(self) -> str:
        return self.random.choice(_LATIN)

    # --- numbers -------------------------------------------------------------------------------------------

    def digits(self, number: int) -> str:
        return "".join(self.random.choice(string.digits) for _ in range(number))

    def mobile(self) -> str:
        return self.write(self.faker.phone_number(), (3, 4, 4))

    def landline(self) -> str:
        area = self.random.choice(["010", "021", "0755", "0571", "0512", "028", "0898", "0371"])
        local = self.random.choice("2345678") + self.digits(7)
        return self.random.choice(
            [f"{area}-{local}", f"{area}{local}", f"({area}){local}", f"{area} {local[:4]} {local[4:]}"]
        )

    def id_card(self) -> str:
        return self.write(self.faker.ssn(), (6, 8, 4))

    def bank_card(self) -> str:
        start = self.random.choice(["622202", "621700", "622848", "621226", "436742", "622588"])
        body = start + self.digits(self.random.choice([9, 12]))
        card = next(body + c for c in string.digits if luhn(body + c))
        return self.write(card, (4, 4, 4, 4, 3))

    def email(self) -> str:
        mail = self.faker.ascii_free_email() if self.random.random() < 0.5 else self.faker.ascii_company_email()
        return "".join(_WIDE.get(c, c) for c in mail) if self.random.random() < 0.1 else mail

    def wechat(self) -> str:
        word = self.faker.user_name()[:10]
        return (word + self.random.choice(["_", "", "-"]) + self.digits(self.random.choice([2, 3, 4]))).rjust(6, "a")

    def qq(self) -> str:
        number = self.random.choice("123456789") + self.digits(self.random.choice([6, 7, 8, 9]))
        return self.write(number, (3, 3, 4)) if self.random.random() < 0.2 else number

    def plate(self) -> str:
        letters = _PLATE_LETTERS.replace("O", "")
        head = self.random.choice(_PROVINCES) + self.random.choice("ABCDEFGHJK")
        if self.random.random() < 0.3:
            tail = self.random.choice("DF") + self.digits(5)
        else:
            tail = "".join(self.random.choice(string.digits * 3 + letters) for _ in range(3)) + self.digits(2)
        return head + self.random.choice(["", "", "·", " "]) + tail

    def order(self) -> str:
        day = f"2024{self.random.randint(1, 12):02}{self.random.randint(1, 28):02}"
        made = [
            day + self.digits(10), self.digits(12), "E" + day + self.digits(6), "DD" + self.digits(12),
            day[2:] + "-" + self.digits(12), self.digits(19).replace("0", "1"),
        ]  # fmt: skip
        return self.random.choice(made)

    def tracking(self) -> str:
        made = [
            "SF" + self.digits(13), "YT" + self.digits(13), "JDVA" + self.digits(11), "73" + self.digits(12),
            "77" + self.digits(13), "JT" + self.digits(13), "43" + self.digits(13), "E" + "A" + self.digits(9) + "CN",
        ]  # fmt: skip
        return self.random.choice(made)

    def credit_code(self) -> str:
        letters = "".join(self.random.choice(_CREDIT_LETTERS) for _ in range(9))
        body = "91" + self.random.choice(["350211", "440300", "110108", "330106"]) + letters
        return next(body + c for c in _CREDIT_LETTERS if credit_code(body + c))

    # --- addresses -----------------------------------------------------------------------------------------

    def address(self) -> str:
        r = self.random
        number, block, unit, room = (
            r.randint(1, 999),
            r.randint(1, 30),
            r.randint(1, 4),
            r.randint(1, 20) * 100 + r.randint(1, 6),
        )
        city, road, home, village = (
            r.choice(self.places["cities"]),
            r.choice(self.places["roads"]),
            r.choice(self.places["homes"]),
            r.choice(self.places["villages"]),
        )
        made = [
            f"{city}{road}{number}号",
            f"{city}{road}{number}号{home}{block}栋{unit}单元{room}室",
            f"{city}{home}{block}号楼{unit}单元{room}",
            f"{road}{number}号",
            f"{road}{number}弄{block}号{room}室",
            f"{home}{block}栋{room}",
            f"{city} {road} {number} 号 {home} {block}-{unit}-{room}",
            f"{r.choice(['河南省周口市太康县', '安徽阜阳临泉县', '湖南省邵阳市隆回县'])}{village}{block}组",
            f"{home}{r.choice('ABCD')}座{room}室",
            self.faker.address().split()[0],
        ]
        return r.choice(made)

    # --- ways of writing -----------------------------------------------------------------------------------

    def write(self, value: str, cut: tuple[int, ...]) -> str:
        """The number as it is, in groups, in full width, in Hanzi, or with look-alikes."""
        groups, place = [], 0
        for size in (*cut, len(value)):
            groups.append(value[place : place + size])
            place += size
        groups = [g for g in groups if g]
        spoken = "".join(_HANZI_DIGITS.get(c, c) for c in value)
        ways = {
            "plain": value, "dashes": "-".join(groups), "blanks": " ".join(groups), "spread": " ".join(value),
            "wide": "".join(_WIDE.get(c, c) for c in value), "hanzi": spoken, "radio": spoken.replace("一", "幺"),
            "letters": value.replace("0", "O"),
        }  # fmt: skip
        return ways[self.random.choices(list(ways), weights=(50, 12, 12, 4, 8, 7, 3, 4))[0]]


def makers(people: People) -> dict[str, Callable[[], str]]:
    """Placeholder of a sentence -> what draws its value."""
    return {
        "name": people.any_name, "fullname": people.name, "nick": people.nickname, "surname": people.surname,
        "latin": people.latin, "mobile": people.mobile, "landline": people.landline, "id_card": people.id_card,
        "bank_card": people.bank_card, "email": people.email, "wechat": people.wechat, "qq": people.qq,
        "plate": people.plate, "order": people.order, "tracking": people.tracking, "credit_code": people.credit_code,
        "address": people.address,
    }  # fmt: skip


KIND = {"fullname": "name", "nick": "name", "surname": "name", "latin": "name"}
Marked = tuple[str, list[tuple[str, int, int]]]


def fill(line: str, people: People) -> Marked:
    """A sentence with its {placeholders} filled, and what stands where: (kind, start, end). {title} is no item;
    {kind=value} is written out in the pattern."""
    draw = makers(people)
    text, spans = "", []
    for piece in line.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece[:1] == "{":
            what, _, value = piece[1:-1].partition("=")  # {address=…} is written out
            value = value or (people.title() if what == "title" else draw[what]())
            if what != "title":
                spans.append((KIND.get(what, what), len(text), len(text) + len(value)))
            text += value
        else:
            text += piece
    return text, spans


def sentences(family: str) -> list[str]:
    """The sentence patterns of a family: lines of `sentences/FAMILY.txt`, \\n for a line break, # for remarks."""
    lines = (SENTENCES / f"{family}.txt").read_text("utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip() and not line.startswith("#")]


def sample(family: str, items: int, seed: int = 7) -> list[Marked]:
    """Filled sentences of a family with at least `items` pieces of personal data."""
    people = People(seed, family)
    patterns = sentences(family)
    made: list[Marked] = []
    while sum(len(spans) for _, spans in made) < items:
        made += [fill(line, people) for line in patterns]
    return made
