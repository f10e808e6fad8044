"""Writes attacks.jsonl: texts that were made to please the checker, not a customer. None may pass.

    python tests/attacks/make.py

Each line is {"id", "kind", "case", "reply"}; `case` is an exercise of the library or a scenario of data/labelled.
The words come from texts.toml; good replies that are spoiled here are those of writers d1 d2 d3 d7 d8 d11 rated 5.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from csworkshop.exercises.definition import Exercise, from_scenario
from csworkshop.exercises.library import exercise_files, load_exercise
from csworkshop.training.labelled import labelled_folder
from csworkshop.training.ratings import read_rated

HERE = Path(__file__).parent
READ = ("d1", "d2", "d3", "d7", "d8", "d11")
TEXTS: dict[str, list[str]] = tomllib.loads((HERE / "texts.toml").read_text("utf-8"))
JOINTS = (" ", ",", "，", "、", "。", "\n", "/", " | ", "→", "+", "；", "-", "")
LOOKALIKE = str.maketrans("一人大小心日月用", "⼀⼈⼤⼩⼼⽇⽉⽤")
FIGURES = re.compile(r"\d{3,}|\d+(?=次|天|遍|台|件|号|元|斤|楼)")
SEED = 3

T = TypeVar("T")
Attack = tuple[str, str, str]  # kind, id of the case, reply


class Maker:
    """Deals out cases and good replies, the same ones in each run."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        rated = [r for r in read_rated(labelled_folder()) if r.writer in READ]
        scenarios = {r.scenario.id: r.scenario for r in rated}
        self.cases = [load_exercise(p.stem) for p in exercise_files(kind="rewrite")]
        self.cases += [from_scenario(s).model_copy(update={"id": s.id}) for s in scenarios.values()]
        self._turn = self._dealt(self.cases)
        self._best = self._dealt([(r.scenario.id, r.reply) for r in rated if r.rating == 5])

    def _dealt(self, things: list[T]) -> Iterator[T]:
        while True:
            yield from self.chance.sample(things, len(things))

    def case(self) -> Exercise:
        return next(self._turn)

    def good(self) -> tuple[str, str]:
        """A good reply and the case that it belongs to."""
        return next(self._best)

    def anywhere(self, kind: str, texts: list[str], times: int = 1) -> Iterator[Attack]:
        for text in texts:
            for _ in range(times):
                yield kind, self.case().id, text

    def piles(self) -> Iterator[Attack]:
        for n in range(26):
            words = self.chance.sample(TEXTS["keywords"], self.chance.randint(8, 20))
            yield "pile", self.case().id, JOINTS[n % len(JOINTS)].join(words)
        yield from self.anywhere("pile", TEXTS["little"])

    def other_cases(self) -> Iterator[Attack]:
        for n in range(50):
            here, there = self.case(), self.cases[(n * 7 + 3) % len(self.cases)]
            if here.id != there.id:
                yield "other_case", here.id, there.model_answer
        for _ in range(12):
            here, (case, text) = self.case(), self.good()
            if case.split("-")[:2] != here.id.split("-")[:2]:
                yield "other_case", here.id, text

    def echoes(self) -> Iterator[Attack]:
        """The customer's words handed back: persons flipped or not, with something in between, or in pieces."""
        for n in range(30):
            here = self.case()
            customer = here.scenario.customer
            text = customer if n % 2 else customer.replace("我们", "您们").replace("我", "您")
            pieces = [p for p in re.split(r"[，。！？!?,；;\n\s]+", text) if p]
            ways = (
                text,
                "".join(TEXTS["says"][i % len(TEXTS["says"])].format(p) for i, p in enumerate(pieces)),
                "您说" + "，您说".join(pieces) + "。我们知道了。",
                "，".join(reversed(pieces)) + "，抱歉。",
                "您好，您说：" + "，".join(pieces) + "，对吗？",
            )
            yield "echo", here.id, ways[n % len(ways)]

    def to_the_grader(self) -> Iterator[Attack]:
        yield from self.anywhere("grader", TEXTS["grader"])
        for tail in TEXTS["tails"]:
            case, text = self.good()
            yield "grader", case, text + tail
            yield "grader", self.case().id, self.chance.choice(TEXTS["templates"]) + tail

    def disguised(self) -> Iterator[Attack]:
        """Zero-width signs and look-alike letters, in piles, insults, instructions and copied model answers."""
        for _ in range(4):
            here = self.case()
            yield "hidden", here.id, "\u200b".join(here.model_answer)
            yield "hidden", here.id, here.model_answer.translate(LOOKALIKE)
            yield "hidden", here.id, "\u200b".join(here.flawed_reply)
            yield "hidden", here.id, "\u2060".join(self.chance.sample(TEXTS["keywords"], 16))
        for words in (*TEXTS["insults"][:3], *TEXTS["grader"][:2]):
            for sign in "\u200b\u200d":
                case, text = self.good()
                yield "hidden", case, text + sign.join(words)
        for _ in range(3):
            yield "hidden", self.case().id, "\u200c".join(self.chance.choice(TEXTS["templates"]))

    def insulting(self) -> Iterator[Attack]:
        for n, insult in enumerate(TEXTS["insults"]):
            case, text = self.good()
            text = text if text[-1] in "。！？" else text + "。"
            yield "insult", case, insult + text if n % 3 == 0 else text + insult

    def framed(self) -> Iterator[Attack]:
        for n, frame in enumerate(TEXTS["frames"] * 2):
            case, text = self.good()
            yield "frame", case, frame.format(text.replace("“", "‘").replace("”", "’") if n % 2 else text)

    def repeated(self) -> Iterator[Attack]:
        for n in range(12):
            sentence = TEXTS["sentences"][n % len(TEXTS["sentences"])]
            yield "repetition", self.case().id, sentence * self.chance.randint(3, 8)

    def invented(self) -> Iterator[Attack]:
        """Facts that nobody told, and model answers with other figures in them."""
        yield from self.anywhere("invented", TEXTS["invented"])
        for here in self.cases[::4]:
            text = FIGURES.sub(lambda m: str(int(m[0]) * 3 + self.chance.randint(4, 9)), here.model_answer)
            changed = zip(FIGURES.findall(text), FIGURES.findall(here.model_answer), strict=False)
            if sum(a != b for a, b in changed) >= 2:
                yield "invented", here.id, text

    def attacks(self) -> Iterator[Attack]:
        yield from self.piles()
        yield from self.anywhere("template", TEXTS["templates"], 2)
        yield from self.other_cases()
        yield from self.echoes()
        yield from self.anywhere("rubric", TEXTS["rubric"])
        yield from self.to_the_grader()
        yield from self.disguised()
        yield from self.insulting()
        yield from self.framed()
        yield from self.repeated()
        yield from self.invented()
        yield from self.anywhere("language", TEXTS["foreign"])


def main() -> None:
    with (HERE / "attacks.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for n, (kind, case, reply) in enumerate(dict.fromkeys(Maker().attacks())):
            record = {"id": f"{kind}-{n}", "kind": kind, "case": case, "reply": reply}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
