# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`python -m benchmarks [names ...] [--threads 1|all] [--quick] ...`; see README.md."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import environment, peers, plot, rows

_HERE = "NABLA_BENCHMARK_THREADS"  # set in the processes that measure


def modules() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(rows.__path__))


def chosen(names: list[str], quick: bool, threaded: bool) -> list[Any]:
    """The rows of these modules, and those whose name holds one of these.

    `threaded`: only those for which the number of threads matters.
    """
    found = []
    for module in modules():
        for row in importlib.import_module(f"benchmarks.rows.{module}").rows(quick):
            wanted = not names or any(name == module or name in row.name for name in names)
            if wanted and (row.threads or not threaded):
                found.append(row)
    return found


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        help=f"parts of rows' names, or modules: {', '.join(modules())}; default all",
    )
    parser.add_argument("--threads", choices=("1", "all", "both"), default="both")
    parser.add_argument("--seconds", type=float, default=1.5, help="time for each row")
    parser.add_argument("--quick", action="store_true", help="small and once: shows that rows run")
    parser.add_argument(
        "--peers",
        nargs="*",
        choices=peers.PEERS,
        default=[name for name in peers.PEERS if name != "torch.compile"],
        help="default: all that are installed, but torch.compile",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write a plot there, in SVG")
    return parser.parse_args()


def counts(given: argparse.Namespace) -> list[int]:
    """The numbers of threads to measure with."""
    cores = len(os.sched_getaffinity(0))
    return {"1": [1], "all": [cores], "both": sorted({1, cores})}[given.threads]


def measured(threads: int) -> Iterator[dict[str, Any]]:
    """Measure in a new process; print its table as it grows, yield its records."""
    command = [sys.executable, "-m", "benchmarks", *sys.argv[1:]]
    own = {**os.environ, **environment.of_threads(threads), _HERE: str(threads)}
    with subprocess.Popen(command, env=own, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for text in child.stdout:
            record = json.loads(text)
            print(record.pop("line"), flush=True)
            yield record
    if child.returncode != 0:
        raise SystemExit(child.returncode)


def measure_here(threads: int, given: argparse.Namespace) -> None:
    """Print a line of JSON for each line of the table."""
    from benchmarks import machine, report
    from benchmarks.measure import Plan

    threaded = threads != counts(given)[-1]
    environment.keep_to(threads)
    quick = given.quick
    libraries = peers.libraries(given.peers)
    limits = machine.measure(threads, rounds=2 if quick else 30)
    names = [m.name for m in libraries]
    title = "1 thread" if threads == 1 else f"{threads} threads"
    peak = f"{limits.flops / 1e9:.0f} Gflop/s, {limits.bytes_read / 1e9:.1f} GB/s"
    heading = f"\n{title}: {peak}\n{report.heading(names)}"
    print(json.dumps({"line": heading, "threads": threads, **limits._asdict()}), flush=True)
    plan = Plan(libraries, threads, given.seconds, quick)
    for row in chosen(given.names, quick, threaded):
        for figure in row.measure(plan):
            record = report.record(figure, threads, limits)
            record["line"] = report.line(figure, names, limits)
            print(json.dumps(record), flush=True)


def main() -> None:
    given = options()
    if _HERE in os.environ:
        measure_here(int(os.environ[_HERE]), given)
        return
    unknown = [name for name in given.names if not chosen([name], given.quick, False)]
    if unknown:
        raise SystemExit(f"no row {', '.join(unknown)}; modules are {', '.join(modules())}")
    records = [record for threads in counts(given) for record in measured(threads)]
    if given.json:
        given.json.write_text(json.dumps(records, indent=1) + "\n")
    if given.plot:
        given.plot.write_text(plot.svg(records))


main()
