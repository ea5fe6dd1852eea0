"""What the safety of migrations costs: all figures and comparisons of dbops in one go.

    python benchmarks/migrations.py [--rows 1000000 5000000] [--times 3] [--postgres URL]

Runs `sqlite_changes.py` for each number of rows (against plain Alembic, hand-written SQL and a
file copy) and `upgrade_runs.py` (against plain Flask-Migrate), each in a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def run(script: str, *words: str) -> None:
    print(f"\n== {script} {' '.join(words)}", flush=True)
    subprocess.run([sys.executable, str(HERE / script), *words], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", help="URL of an empty database that may be filled")
    wish = parser.parse_args()
    for rows in wish.rows:
        run("sqlite_changes.py", "--rows", str(rows), "--times", str(wish.times))
    more = ["--postgres", wish.postgres] if wish.postgres else []
    run("upgrade_runs.py", "--rounds", str(wish.rounds), *more)


if __name__ == "__main__":
    main()
