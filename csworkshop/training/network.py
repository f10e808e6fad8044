"""The reader as a PyTorch network: a BERT-like encoder with one answer per piece and item, and one per text and item.

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
NEVER = -20.0  # log-odds of a piece that isn't the reply's
SELDOM_PIECE, SELDOM_REPLY = -3.0, -1.0  # where the new outputs start: most items are absent


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT (Devlin et al., 2019)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.hidden
        self.heads = shape.heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, shape.epsilon)
        self.inner, self.outer = nn.Linear(width, shape.inner), nn.Linear(shape.inner, width)
        self.outer_norm = nn.LayerNorm(width, shape.epsilon)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """`x` (texts, pieces, hidden), `mask` (texts, 1, 1, pieces) bool."""
        texts, pieces, width = x.shape

        def split(y: torch.Tensor) -> torch.Tensor:
            return y.view(texts, pieces, self.heads, -1).transpose(1, 2)

        heads = functional.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=mask
        )
        joined = heads.transpose(1, 2).reshape(texts, pieces, width)
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
        self.layers = nn.ModuleList([Layer(shape) for _ in range(shape.layers)])
        self.dropout = nn.Dropout(DROPOUT)
        self.piece_answers = nn.Linear(shape.hidden, items)
        self.reply_answers = nn.Linear(shape.hidden, items)
        nn.init.constant_(self.piece_answers.bias, SELDOM_PIECE)
        nn.init.constant_(self.reply_answers.bias, SELDOM_REPLY)
        for still in (self.words.weight, self.positions.weight, self.kind):
            still.requires_grad = False  # rare pieces keep the place that pretraining gave them

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, reply: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-odds (texts, pieces, items) and (texts, items).

        `ids`, `mask` (not padding) and `reply` (the reply's own pieces) have shape (texts, pieces).
        """
        x = self.norm(self.words(ids) + self.positions(torch.arange(ids.shape[1])) + self.kind)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :].bool())
        x = self.dropout(x).float()
        pieces = self.piece_answers(x)
        mean = (x * reply[..., None]).sum(1) / reply.sum(1, keepdim=True)
        highest = pieces.masked_fill(~reply[..., None].bool(), NEVER).amax(1)
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
