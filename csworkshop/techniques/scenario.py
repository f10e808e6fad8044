"""The situation a reply is judged in: who wrote what, in which mood, and what the agent may do."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Channel = Literal["chat", "phone", "email", "review"]
Persona = Literal["gen_z", "adult", "senior", "enterprise"]
Emotion = Literal["anger", "anxiety", "disappointment", "confusion", "calm"]


class Scenario(BaseModel):
    """One customer's message with its context; the record format of scenario files (JSON Lines or TOML).

    `facts` is what the agent can see in the system, `policy` what the agent may and may not offer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = ""
    domain: str = ""
    channel: Channel = "chat"
    persona: Persona = "adult"
    emotion: Emotion = "calm"
    hidden_need: str = ""
    customer: str = ""
    facts: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    flawed_reply: str = ""
    exemplar: str = ""
