"""The reader as a PyTorch network: a BERT-like encoder with one answer per piece and item, and one per text and item.

A row is a context of a few pieces and a text behind it.

The text's log-odds of an item are the highest of its pieces' plus a linear function of their mean, so that a single
clause can decide, and the whole reply can object.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from csworkshop.training.wheel import Pretrained, Shape

DROPOUT = 0.1
POOL = 1 << 22  # random numbers that dropout is drawn from
NEVER = -20.0  # log-odds of a piece that isn't the text's
HIDDEN = -1e4  # added to the attention towards a piece that must not be seen
SELDOM_PIECE, SELDOM_REPLY = -3.0, -1.0  # where the new outputs start: most items are absent


class Dropout(nn.Module):
    """Dropout whose random numbers are cut from a pool at a random place: drawing anew takes a tenth of a step."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = torch.empty(0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`x` with a tenth of its numbers at zero while training."""
        if not self.training:
            return x
        if len(self.pool) < 2 * x.numel():
            size = max(POOL, 2 * x.numel())
            self.pool = (torch.rand(size) >= DROPOUT).to(torch.bfloat16) / (1 - DROPOUT)
        start = int(torch.randint(0, len(self.pool) - x.numel(), ()))
        return x * self.pool[start : start + x.numel()].view(x.shape).to(x.dtype)


def attention(
    query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, heads: int, hidden: torch.Tensor | None
) -> torch.Tensor:
    """Attention of `query` (texts, pieces, hidden size) to `keys` and `values` (texts, pieces seen, hidden size).

    Written out: on processors, PyTorch's fused attention takes half as long again to learn.
    """
    texts, pieces, width = query.shape

    def split(y: torch.Tensor) -> torch.Tensor:
        return y.view(texts, -1, heads, width // heads).transpose(1, 2)

    weights = split(query) * (width // heads) ** -0.5 @ split(keys).transpose(2, 3)
    if hidden is not None:
        weights = weights + hidden.to(weights.dtype)
    seen = torch.softmax(weights, -1).to(values.dtype) @ split(values)
    return seen.transpose(1, 2).reshape(texts, pieces, width)


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT (Devlin et al., 2019)."""

    def __init__(self, shape: Shape, dropout: Dropout) -> None:
        super().__init__()
        width = shape.hidden
        self.heads = shape.heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, shape.epsilon)
        self.inner, self.outer = nn.Linear(width, shape.inner), nn.Linear(shape.inner, width)
        self.outer_norm = nn.LayerNorm(width, shape.epsilon)
        self.dropout = dropout

    def forward(self, x: torch.Tensor, hidden: torch.Tensor | None) -> torch.Tensor:
        """`x` (texts, pieces, hidden size) through the layer; `hidden` (texts, 1, 1, pieces) is added to the
        attention."""
        return self.finished(x, attention(self.query(x), self.key(x), self.value(x), self.heads, hidden))

    def finished(self, x: torch.Tensor, joined: torch.Tensor) -> torch.Tensor:
        """The rest of the layer, where attention has `joined` for `x`."""
        x = self.attended_norm(x + self.dropout(self.attended(joined)))
        return self.outer_norm(x + self.dropout(self.outer(functional.gelu(self.inner(x)))))


class Network(nn.Module):
    """`shape.words` pieces in, log-odds of `items` items out."""

    def __init__(self, shape: Shape, items: int) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.words, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.kind = nn.Parameter(torch.zeros(shape.hidden))
        self.norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.dropout = Dropout()
        self.layers = nn.ModuleList([Layer(shape, self.dropout) for _ in range(shape.layers)])
        self.piece_answers = nn.Linear(shape.hidden, items)
        self.reply_answers = nn.Linear(shape.hidden, items)
        nn.init.constant_(self.piece_answers.bias, SELDOM_PIECE)
        nn.init.constant_(self.reply_answers.bias, SELDOM_REPLY)
        for still in (self.words.weight, self.positions.weight, self.kind):
            still.requires_grad = False  # rare pieces keep the place that pretraining gave them

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-odds (texts, pieces, items) and (texts, items).

        `ids`, `mask` (not padding) and `text` (the text's own pieces) have shape (texts, pieces).
        """
        hidden = torch.zeros(mask.shape).masked_fill(~mask.bool(), HIDDEN)[:, None, None]
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x, hidden)
        return self.answers(x, text.bool())

    def embed(self, ids: torch.Tensor) -> torch.Tensor:
        """Pieces as vectors (texts, pieces, hidden)."""
        at = torch.arange(ids.shape[1])
        return self.norm(self.words(ids) + self.positions(at) + self.kind)

    def answers(self, x: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-odds of every piece, and of the text whose pieces `text` (texts, pieces; bool) names."""
        x = self.dropout(x).float()
        pieces = self.piece_answers(x)
        weight = text.float()
        mean = (x * weight[..., None]).sum(1) / weight.sum(1, keepdim=True).clamp(min=1)
        highest = pieces.masked_fill(~text[..., None], NEVER).amax(1)
        return pieces, highest + self.reply_answers(mean)

    def heads(self) -> list[nn.Parameter]:
        """The parameters that start from nothing."""
        return [*self.piece_answers.parameters(), *self.reply_answers.parameters()]


def from_wheel(pretrained: Pretrained, shape: Shape, kept: Sequence[int], items: int) -> Network:
    """A network with the wheel's first `shape.layers` layers and the embeddings of the `kept` pieces."""
    network = Network(shape, items)
    width, inner = shape.hidden, shape.inner

    def put(parameter: torch.Tensor, values: object) -> None:
        parameter.data = torch.as_tensor(values).clone()

    def linear(module: nn.Linear, name: str, rows: int, columns: int) -> None:
        put(module.weight, pretrained.blocks(f"{name}.w", rows, columns))
        put(module.bias, pretrained.floats(f"{name}.b", rows))

    def norm(module: nn.LayerNorm, name: str) -> None:
        put(module.weight, pretrained.floats(f"{name}.w", width))
        put(module.bias, pretrained.floats(f"{name}.b", width))

    put(network.words.weight, pretrained.blocks("emb.word", pretrained.shape.words, width)[list(kept)])
    put(network.positions.weight, pretrained.floats("emb.pos", shape.positions, width))
    put(network.kind, pretrained.floats("emb.type", shape.types, width)[0])
    norm(network.norm, "emb.ln")
    for n, layer in enumerate(network.layers):
        for module, name in ((layer.query, "q"), (layer.key, "k"), (layer.value, "v"), (layer.attended, "ao")):
            linear(module, f"l{n}.{name}", width, width)
        linear(layer.inner, f"l{n}.fi", inner, width)
        linear(layer.outer, f"l{n}.fo", width, inner)
        norm(layer.attended_norm, f"l{n}.aln")
        norm(layer.outer_norm, f"l{n}.oln")
    return network
