"""``python -m course.publish.repeat``: run the notebooks many times under load and count the failures."""

from __future__ import annotations

import argparse

from course.publish._gate import GateRun, stability


def main() -> int:
    """Run, print a line per run and a summary; the exit status is 1 if a run failed."""
    parser = argparse.ArgumentParser(prog="python -m course.publish.repeat", description=__doc__)
    parser.add_argument("paths", nargs="*", default=["notebooks"], help="notebooks (default: all)")
    parser.add_argument("--runs", type=int, default=20, help="how many runs (default: %(default)s)")
    parser.add_argument("--busy", type=int, default=2, help="busy processes beside (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=0, help="workers of pytest -n (default: none)")
    args = parser.parse_args()

    def line(run: GateRun) -> None:
        print(f"{'failed' if run.status else 'passed':<8}{run.seconds:6.1f} s", flush=True)

    result = stability(args.runs, busy=args.busy, paths=args.paths, workers=args.workers, after_each=line)
    print(result)
    return 1 if result.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
