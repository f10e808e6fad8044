"""A plain question is answered, whatever the reader takes it for; blame in the form of a question hits like blame."""

from __future__ import annotations

import pytest

from csworkshop.practice.asking import anything_else, asking_sentences, is_question, yes_or_no
from csworkshop.practice.case import case_files, load_case
from csworkshop.practice.customer import replay, say
from csworkshop.practice.parts import Line
from csworkshop.practice.reproach import plain_question, reproachful
from csworkshop.practice.talk import Talk

SORRY = "邹女士，新机器才用三回就响，还让您请了假干等，换谁都窝火，这是我们没做好，对不起。"
WAYS = (
    "两条路您挑：换一台新的，今天发，明天送到，旧机上门取；或者退货，取件后1到3个工作日退2199元。"
    "周五前阿姨来了能用上。您选哪个？"
)


def _talk(*replies: str, case: str = "rattling-vacuum", seed: int = 1) -> Talk:
    return replay(load_case(case), seed, replies)


BLAMING = [
    "您是不是自己没看清楚说明？", "是不是您操作错了呢？", "会不会是您自己没装好？", "是不是您那边路由器没开？",
    "您清理的时候是不是没把滚刷装到位呢？", "您确定不是您自己弄坏的？", "是不是您家孩子摔过？", "机器是您自己摔的吧？",
    "难道您没注意上面写着吗？", "您怎么能这么洗呢，当时怎么不看标签？", "您怎么没看说明呢？",
]  # fmt: skip
PLAIN = [
    "方便问一下，您那边是什么型号？", "您这边有没有看到红灯？", "您最担心的是什么？是不是家里有事等着用？",
    "您有没有清理过滚刷？", "您使用的时候是不是先按了清洁键？", "您是不是没收到短信？", "是不是我们没说清楚？",
    "您是怕点错吗？", "请问机器有没有进过水？", "您那边屏幕是不是报错了？", "您今天下午在家吗？",
    "还有什么我能帮您的吗？",
]  # fmt: skip


@pytest.mark.parametrize("question", BLAMING)
def test_a_guess_at_the_customers_mistake_is_blame(question: str) -> None:
    assert reproachful(question) and not plain_question(question)
    before = _talk(SORRY)
    turn = say(before, question).turns[-1]
    assert turn.heard is not None and turn.heard.has("blame")
    assert turn.mood.anger > before.mood.anger + 12
    assert turn.parts[0].key in ("lines.blame", "lines.rude")


@pytest.mark.parametrize("question", PLAIN)
@pytest.mark.parametrize("case", ["rattling-vacuum", "thesis-by-eight"])
def test_a_plain_question_is_none(question: str, case: str) -> None:
    talk = _talk(SORRY, question, case=case) if case == "rattling-vacuum" else _talk(question, case=case)
    heard = talk.turns[-1].heard
    assert heard is not None and not any(heard.has(i) for i in ("blame", "rude", "excuse"))


@pytest.mark.parametrize(
    "question",
    [
        "您冲我喊有什么用？", "买之前咋不打听打听呢？", "这才过去多久？", "您说是坏的就是坏的吗？",
        "机器自己响的怪谁呀？", "您有没有点常识？", "一台扫地机而已，少用一天会死吗？",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_question_is_not_plain(question: str) -> None:
    assert not plain_question(question)


@pytest.mark.parametrize("question", ["您急什么？", "您怎么不早说呢？", "你听不懂吗？", "您自己就不会先看一眼标签吗？"])
def test_sharp_words_stay_sharp_as_questions(question: str) -> None:
    heard = _talk(SORRY, question).turns[-1].heard
    assert heard is not None and (heard.has("rude") or heard.has("blame"))


def test_blame_beside_a_plain_question_is_heard() -> None:
    turn = _talk(SORRY, "您那边是什么时候开始响的？您是不是自己把刷子装反了？").turns[-1]
    assert turn.heard is not None
    assert [words.rstrip("？") for words in turn.heard.words("blame")] == ["您是不是自己把刷子装反了"]


@pytest.mark.parametrize(
    "words",
    ["您怎么会不着急呢？", "怎么没人通知您呢？", "怎么能让您等三天呢？", "您怎么还没收到短信？", "怎么会有这种事呢？"],
)
def test_a_plea_for_the_customer_is_no_reproach(words: str) -> None:
    assert not reproachful(words)


@pytest.mark.parametrize("seed", range(4))
def test_words_that_take_the_blame_off_the_customer_are_no_blame(seed: int) -> None:
    comfort = "汪师傅，穿了两回就成这样，您又心疼又生气，这我特别理解，让您添堵了，抱歉。洗的时候用的什么办法？"
    relief = "纯羊毛在热水里一翻搅，毛就咬紧了。这不怪您，标那么小一块缝在里头，很多人都没看见，换谁都得吃这个亏。"
    heard = _talk(comfort, relief, case="shrunk-in-the-wash", seed=seed).turns[-1].heard
    assert heard is not None and not heard.has("blame") and heard.met


@pytest.mark.parametrize("seed", range(6))
def test_asking_what_is_behind_it_is_answered_in_every_mood(seed: int) -> None:
    care = "照您说的，是机器本身的问题。您最担心的是什么？是不是家里有事等着用？"
    turn = _talk(SORRY + "声音是第几回开始有的？刷子清过没有？", care, seed=seed).turns[-1]
    assert "asked:why" in turn.flags and "妈" in turn.text


@pytest.mark.parametrize(
    "reply",
    ["您告诉我一下订单号。", "订单号您报一下。", "跟我说一声订单号就行", "您把订单号给我看一下", "您先讲一下订单尾号"],
)
def test_a_request_asks(reply: str) -> None:
    assert is_question(reply)
    assert "asked:identity" in _talk(SORRY, reply).turns[-1].flags


@pytest.mark.parametrize(
    "reply",
    [
        "到货第二天上午10点我给您打电话，听听新机怎么样；中间有事报服务码8806，找我就行。",
        "我查一下为什么没人给您回电话，10分钟内告诉您。",
        "新机到了您跟我说一声，订单我一直盯着。",
    ],
)
def test_the_trainees_own_errands_are_no_questions(reply: str) -> None:
    assert not asking_sentences(reply)
    assert not [f for f in _talk(SORRY, reply).turns[-1].flags if f.startswith("asked:")]


@pytest.mark.parametrize("question", ["您家楼下方便停车吗？", "您那边天气怎么样？", "您家小区叫什么名字？"])
@pytest.mark.parametrize("case", ["rattling-vacuum", "shrunk-in-the-wash"])
def test_after_acceptance_a_question_that_the_case_does_not_know_is_answered(question: str, case: str) -> None:
    ready = [SORRY + "声音是第几回开始有的？", "您这么急，家里有什么安排吗？", WAYS]
    if case == "shrunk-in-the-wash":
        ready = [
            "汪师傅，好好一件羊毛衫，一晾干小了一大截，搁谁都又急又心疼。麻烦您说说是怎么洗的？",
            "纯羊毛碰上热水又在桶里翻搅，毛会互相咬紧，衣服就变小变厚。这不怪您，标缝在里侧，字又小，好多人都没留意。",
            "我给您免费做专业护理，今天上门取件，5天内送回。您看行吗？",
        ]
    talk = _talk(*ready, case=case)
    turn = say(talk, question).turns[-1]
    assert turn.heard is not None and turn.heard.unknown
    assert any(p.key in ("lines.dont_know", "lines.unsure") for p in turn.parts)


def test_anything_else_is_no_question_about_the_case() -> None:
    for case in ("thesis-by-eight", "find-the-button"):
        turn = _talk("还有什么我能帮您的吗？", case=case).turns[-1]
        assert not [f for f in turn.flags if f.startswith("asked:")]


def test_a_phone_number_is_no_secret() -> None:
    turn = _talk("请提供报修的手机号。", case="shouting-on-the-line").turns[-1]
    assert turn.heard is not None and not turn.heard.has("privacy")
    assert "asked:identity" in turn.flags


def test_a_courteous_warning_in_the_back_offices_words_is_not_rude() -> None:
    words = "您再骂人，这通电话就到这里，闭嘴吧你。"
    assert _rude(words)
    warning = (
        "丁先生，我是来帮您的，也想把话听完，请您别再用骂人的话。"
        "如果辱骂继续，我需要先结束这次通话，师傅的安排18:00前发短信给您。"
    )
    assert not _rude(warning)


def _rude(reply: str) -> bool:
    heard = (
        _talk("丁先生，等了三天没人来，您恼火我完全理解，是我们没做好。", reply, case="shouting-on-the-line")
        .turns[-1]
        .heard
    )
    assert heard is not None
    return heard.has("rude") or heard.insult


def test_a_family_that_is_at_home_is_no_insult() -> None:
    calm = "您全家都在的话，周日14:00到16:00师傅上门，不用请假。您看这样排可以吗？"
    for words, insult in ((calm, False), ("您全家都有病吧。", True)):
        heard = _talk(SORRY, words).turns[-1].heard
        assert heard is not None and heard.insult is insult


@pytest.mark.parametrize("seed", range(3))
def test_anything_else_brings_out_what_the_case_says_it_does(seed: int) -> None:
    """The case's own patterns win: this customer keeps a third problem until somebody asks."""
    upset = "卢先生，您空等一上午，今天还被我们三个部门推来推去，换谁都得火，对不起，是我们没接住。"
    before = _talk(upset, case="moved-and-billed-twice", seed=seed)
    talk = say(before, "还有什么需要我一起办的吗？")
    assert "asked:router" in talk.turns[-1].flags and "路由器" in talk.turns[-1].text
    again = say(talk, "好的，您还有什么需要我办的吗？").turns[-1]
    assert "already_said" not in again.flags  # to ask once more at the end is good manners


def test_until_when_is_a_question_of_its_own() -> None:
    assert not anything_else("您还要用到什么时候？")
    assert all(map(anything_else, ("您还需要什么吗？", "您还要别的吗？", "还需要什么服务？")))


@pytest.mark.parametrize("case", [p.stem for p in case_files()])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_unknown_yes_or_no_question_gets_an_answer_that_fits(case: str, seed: int) -> None:
    question = "您家楼下方便停车吗？"
    played = load_case(case)
    turn = replay(played, seed, ["这件事是我们没做好，让您着急了，真对不起。", question]).turns[-1]
    assert turn.heard is not None
    if turn.heard.unknown and not turn.end:
        keys = [p.key for p in turn.parts]
        assert "lines.unsure" in keys and "lines.dont_know" not in keys


@pytest.mark.parametrize(
    ("question", "whether"),
    [
        ("您今天下午在家吗？", True), ("您方不方便接电话？", True), ("是不是下雨了？", True),
        ("您家里有几个人？", False), ("是谁帮您装的呢？", False), ("什么颜色的，还记得吗？", False),
    ],
)  # fmt: skip
def test_yes_or_no(question: str, whether: bool) -> None:
    assert yes_or_no(question) is whether


def test_a_case_may_bring_its_own_words_for_not_being_sure() -> None:
    case = load_case("rattling-vacuum")
    own = case.model_copy(update={"lines": {**case.lines, "unsure": (Line(say="停车？这我可说不好。"),)}})
    assert "停车？这我可说不好。" in replay(own, 1, [SORRY, "您家楼下方便停车吗？"]).turns[-1].text


@pytest.mark.parametrize("plea", ["您能不能再考虑一下？", "您可不可以先别生气，冷静一下？", "能请您再等等吗？"])
def test_a_plea_is_no_question_that_wants_to_know(plea: str) -> None:
    heard = _talk("温女士，对不起，让您失望了。", plea, case="quiet-goodbye").turns[-1].heard
    assert heard is not None and not heard.unknown
