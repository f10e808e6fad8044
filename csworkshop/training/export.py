"""A checkpoint as the files that the checker reads: encoder.onnx (8-bit weights), pieces.tsv, encoder.json."""

from __future__ import annotations

import json
import pickle
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.encoder import Encoder, Pieces
from csworkshop.text.normalise import fold
from csworkshop.training import TrainingError
from csworkshop.training.network import Network
from csworkshop.training.vocabulary import pieces_of, write_pieces
from csworkshop.training.wheel import Shape

OPSET = 17
SAMPLE = 2  # examples per item that the small network is compared on


class Exported(nn.Module):
    """The network for one text: `ids` (1, pieces), of which 1 .. `n` are the reply's."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, n: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        at = torch.arange(ids.shape[1])[None]
        reply = ((at >= 1) & (at <= n[:, None])).float()
        pieces, odds = self.network(ids, torch.ones_like(ids), reply)
        return pieces, odds


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What `csworkshop train reader` wrote: tensors and plain values only."""
    try:
        checkpoint: dict[str, Any] = torch.load(path, weights_only=True)
        if missing := {"state", "shape", "pieces", "items"} - set(checkpoint):
            raise KeyError(*missing)
    except (OSError, KeyError, TypeError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{path}: is no checkpoint of csworkshop train reader ({type(error).__name__})") from None
    return checkpoint


def export(checkpoint: dict[str, Any], folder: Path) -> float:
    """Write the three files; returns the largest difference in probability that the 8-bit weights make on examples."""
    folder.mkdir(parents=True, exist_ok=True)
    shape, table, items = Shape(**checkpoint["shape"]), checkpoint["pieces"], checkpoint["items"]
    network = Network(shape, len(items))
    network.load_state_dict(checkpoint["state"])
    exported = Exported(network).eval()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        torch.onnx.export(
            exported,
            (torch.randint(0, shape.words, (1, 60)), torch.tensor([30])),
            str(whole),
            input_names=["ids", "n"],
            output_names=["tokens", "reply"],
            dynamic_axes={"ids": {1: "pieces"}, "tokens": {1: "pieces"}},
            opset_version=OPSET,
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
    marks = pieces_of(table).marks
    about = {"items": items, "begin": marks["<s>"], "end": marks["</s>"], "unknown": marks["<unk>"]}
    (folder / "encoder.json").write_text(json.dumps(about), "utf-8", newline="\n")
    return _difference(exported, folder)


@torch.no_grad()
def _difference(exported: Exported, folder: Path) -> float:
    small, pieces = Encoder(folder), Pieces(folder / "pieces.tsv")
    furthest = 0.0
    for item in catalogue().items.values():
        for example in (*item.shows[:SAMPLE], *item.lacks[:SAMPLE]):
            text = fold(example.reply).text
            cut = pieces.cut(text)[0]
            begin, end = pieces.marks["<s>"], pieces.marks["</s>"]
            _, odds = exported(torch.tensor([[begin, *cut, end, end]]), torch.tensor([len(cut)]))
            said = small.read(text, None).odds
            gap = np.abs(1 / (1 + np.exp(-said)) - torch.sigmoid(odds[0]).numpy())
            furthest = max(furthest, float(gap.max()))
    return furthest
