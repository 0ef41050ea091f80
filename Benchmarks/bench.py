"""What all measurements share: running commands, medians, and the table that is printed and written.

Single times mean little on a shared machine, so each is set against a well-known program's on the same files in the same
run, in turns, and the median of the ratios is given.
"""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = int(os.environ.get("ROUNDS", "3"))
HERE = pathlib.Path(__file__).resolve().parent
IDENTITY = ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0", "-c", "maintenance.auto=false"]


class Cost:
    """Wall and processor seconds and peak resident megabytes of one or more commands."""

    def __init__(self, wall=0.0, cpu=0.0, peak=0.0, output=b""):
        self.wall, self.cpu, self.peak, self.output = wall, cpu, peak, output

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak), other.output)


def run(*command, cwd=None, stdin=None, keep=False, fails=False):
    """Runs a command to its end. Its output is kept if asked for; a status other than 0 ends the measuring."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=cwd, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE if keep else subprocess.DEVNULL, stderr=subprocess.DEVNULL if keep else subprocess.PIPE)
    if stdin is not None:
        process.stdin.write(stdin)
        process.stdin.close()
    text = (process.stdout if keep else process.stderr).read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not fails:
        sys.exit(f"{' '.join(map(str, command))}: status {process.returncode}: {text[-2000:].decode(errors='replace')}")
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def has(program):
    return shutil.which(program) is not None


def size(folder, pattern="**/*"):
    """Megabytes of the files in a folder."""
    return sum(f.stat().st_size for f in pathlib.Path(folder).glob(pattern) if f.is_file()) / 1e6


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Table:
    """Rows of what was measured, ours, the other's, and the goal."""

    def __init__(self):
        self.rows = []

    def section(self, title):
        self.rows.append((title,))
        print(f"\n{title}", flush=True)

    def add(self, what, value, goal="", other=""):
        self.rows.append((what, value, other, goal))
        print(f"  {what:<62} {value:>20}  {other:<26} {goal}", flush=True)

    def ratio(self, what, ours, theirs, name, goal=""):
        """Medians of costs in seconds, and the median of their ratios, pair by pair."""
        ratio = median([a / b for a, b in zip(ours, theirs)])
        self.add(what, f"{median(ours):.2f} s", goal, f"{ratio:.2f} × {name} ({median(theirs):.2f} s)")

    def script(self, title, script, *arguments):
        """Rows of a script that measures by itself: what, value and goal, two spaces or more between them."""
        self.section(title)
        process = subprocess.Popen([sys.executable, str(script), *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            parts = re.split(r"\s{2,}", line.strip())
            if len(parts) > 1:
                self.add(parts[0], parts[1], parts[2] if len(parts) > 2 else "")
        if process.wait():
            sys.exit(f"{script} failed")

    def markdown(self):
        lines = []
        for row in self.rows:
            if len(row) == 1:
                lines += ["", f"## {row[0]}", "", "| what | archivectl | beside | goal |", "| --- | --- | --- | --- |"]
            else:
                what, value, other, goal = row
                lines.append(f"| {what} | {value} | {other} | {goal} |")
        return "\n".join(lines).strip() + "\n"
