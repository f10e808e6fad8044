"""A checkpoint as the files that the checker reads: encoder.onnx (8-bit weights), pieces.tsv, encoder.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from csworkshop.techniques.encoder import Encoder
from csworkshop.training.fit import read
from csworkshop.training.network import Network, attention
from csworkshop.training.rows import example_rows
from csworkshop.training.vocabulary import write_pieces
from csworkshop.training.wheel import Shape

OPSET = 17
SAMPLE = 2  # examples per item that the small network is compared on


class Attention(torch.autograd.Function):
    """Attention as in `network.attention`, exported as onnxruntime's one operator for it: a tenth of the time less."""

    @staticmethod
    def forward(_: Any, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, heads: int) -> torch.Tensor:
        """What runs while the graph is traced."""
        return attention(query, keys, values, heads, None)

    @staticmethod
    def symbolic(g: Any, query: Any, keys: Any, values: Any, heads: int) -> Any:
        """The operator in the graph; the answers have the shape of `query`."""
        joined = g.op("com.microsoft::MultiHeadAttention", query, keys, values, num_heads_i=heads)
        joined.setType(query.type())
        return joined


class Exported(nn.Module):
    """The network for one text: `ids` (1, pieces) are the context, from `start` on the text, the mark of the end."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, start: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-odds (1, pieces, columns) of every piece, and (1, columns) of the text."""
        x = self.network.embed(ids)
        for layer in self.network.layers:
            joined = Attention.apply(layer.query(x), layer.key(x), layer.value(x), layer.heads)
            x = layer.finished(x, joined)
        at = torch.arange(ids.shape[1])[None]
        pieces, odds = self.network.answers(x, (at >= start) & (at < ids.shape[1] - 1))
        return pieces, odds


def export(checkpoint: dict[str, Any], folder: Path) -> float:
    """Write the three files; returns the largest difference in probability that the 8-bit weights make on examples."""
    folder.mkdir(parents=True, exist_ok=True)
    shape, table, answers = Shape(**checkpoint["shape"]), checkpoint["pieces"], checkpoint["columns"]
    network = Network(shape, len(answers))
    network.load_state_dict(checkpoint["state"])
    exported = Exported(network.eval())
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        torch.onnx.export(
            exported,
            (torch.randint(0, shape.words, (1, 60)), torch.tensor(5)),
            str(whole),
            input_names=["ids", "start"],
            output_names=["pieces", "odds"],
            dynamic_axes={"ids": {1: "n"}},
            opset_version=OPSET,
            custom_opsets={"com.microsoft": 1},
            dynamo=False,
        )
        quantize_dynamic(
            str(whole),
            str(folder / "encoder.onnx"),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,  # 7 bits: with 8, sums overflow on processors without VNNI, and answers would differ
            op_types_to_quantize=["MatMul", "Gather"],
        )
    write_pieces(folder / "pieces.tsv", table)
    about = {"columns": answers}
    (folder / "encoder.json").write_text(json.dumps(about), "utf-8", newline="\n")
    return _difference(network, folder)


def _difference(network: Network, folder: Path) -> float:
    """Largest difference in probability between the network as trained and as exported, on what examples tell."""
    small = Encoder(folder)
    rows = [r for r in example_rows(small.pieces) if int(r.id.rsplit("-", 1)[1]) < SAMPLE]
    whole = read(network, rows, small.pieces.pad, exact=True)
    said = np.array([small.read_beside(r.text, r.context).odds for r in rows])
    trained = np.array([whole[r.id].odds for r in rows])
    told = np.array([r.weights > 0 for r in rows])
    return float(np.abs(1 / (1 + np.exp(-said)) - 1 / (1 + np.exp(-trained)))[told].max())
