#!/usr/bin/env python3
"""Measures search, and checks it against a plain scan: search.py ARCHIVECTL FOLDER

FOLDER holds essays as .txt. QUERIES (1000) random strings of 1 to 8 characters are cut out of their sentences. Printed are
the essays missed or wrongly found, the times within one process and as one process a query, and the same of SQLite's FTS5
over pairs of characters and over trigrams and of ripgrep. LARGE=1 adds ten times as many essays, their sentences shuffled.
"""
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata

HERE = pathlib.Path(__file__).parent
HAN = re.compile("[\u3400-\u9fff]+")
SEED = 20260101


def row(what, value, goal=""):
    print(f"{what:<58} {value:>30}   {goal}", flush=True)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def figures(milliseconds):
    return f"{statistics.median(milliseconds):.2f} / {percentile(milliseconds, 0.95):.2f} / {max(milliseconds):.2f}"


# What is looked for

def sentences(text):
    return [part.strip(" \u3000") for part in re.split("[。！？!?\\s]", text) if len(part) > 1]


def queries(texts, count):
    """Strings of Han characters, letters, digits and marks, cut within sentences."""
    generator = random.Random(SEED)
    allowed = re.compile("[\u4e00-\u9fff0-9A-Za-z，、；：“”（）《》]+")
    found = []
    while len(found) < count:
        parts = sentences(generator.choice(texts))
        length = generator.randint(1, 8)
        part = generator.choice(parts) if parts else ""
        if len(part) < length:
            continue
        start = generator.randint(0, len(part) - length)
        piece = part[start : start + length]
        if allowed.fullmatch(piece):
            found.append(piece)
    return found


def quoted(piece):
    return '"' + piece.replace('"', '""') + '"'


# A plain scan

def folding():
    """The facts that search and scan share: traditional to simplified, full width to half, capitals to small letters."""
    source = (HERE.parent / "Sources/Archive/Search/TraditionalFolding.swift").read_text(encoding="utf-8")
    traditional, simplified = ("".join(block.replace("\\\n", "").split()) for block in re.findall('"""\n(.*?)"""', source, re.S))
    table = {ord(a): b for a, b in zip(traditional, simplified)}
    for code in range(0x21, 0x7F):
        table[code + 0xFEE0] = chr(code).lower()
        table[code] = chr(code).lower()
    return table


def folded(text, table):
    """White space beside letters and digits does not count; between two words it parts them. Letters lose what they bear."""
    text = text.translate(table)
    if not text.isascii():
        text = re.sub("[\u0080-\u2e7f\ufb00-\ufb06]", plain, text)
    space = "[ \t\u00a0\u3000]+"
    text = re.sub(f"(?<=[0-9a-z]){space}(?=[0-9a-z])", "\0", text)
    return re.sub(f"(?<=[0-9a-z]){space}|{space}(?=[0-9a-z])", "", text)


def plain(match):
    """A letter or number as ASCII, if that is what it is without accents and the like."""
    parts = unicodedata.normalize("NFKD", match[0])
    kept = "".join(part for part in parts if not unicodedata.combining(part)).lower()
    if unicodedata.category(match[0]) in ("Cf", "Mn", "Cc"):
        return ""
    return kept if kept.isascii() and kept.isalnum() else match[0]


def exactness(archivectl, archive, folder, pieces, work):
    table = folding()
    answers = ask(archivectl, archive, pieces, work, limit=1_000_000)
    essays = {}
    for name in sorted(folder.rglob("*.txt")):
        essays[name.relative_to(folder).as_posix()] = folded(name.read_text(encoding="utf-8"), table)
    texts = list(essays.values())
    missed = wrong = 0
    for piece, answer in zip(pieces, answers):
        expected = sum(1 for text in texts if folded(piece, table) in text)
        missed += max(0, expected - answer["total"])
        wrong += max(0, answer["total"] - expected)
        if expected != answer["total"]:
            print(f"  {piece!r}: a scan finds {expected}, search {answer['total']}", file=sys.stderr)
        if len(answer["hits"]) != answer["total"]:
            sys.exit(f"{piece!r}: {len(answer['hits'])} hits of {answer['total']}")
    row(f"exactness, {len(pieces)} queries: essays missed, wrongly found", f"{missed}, {wrong}", "goal 0, 0")


# archivectl

def ask(archivectl, archive, pieces, work, limit):
    file = work / "queries"
    file.write_text("".join(quoted(piece) + "\n" for piece in pieces), encoding="utf-8")
    command = [archivectl, "--archive", str(archive), "search", "--queries", str(file), "--limit", str(limit)]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def within(archivectl, archive, pieces, work, goal):
    """Each query's best of three, as other processes disturb."""
    runs = [[answer["milliseconds"] for answer in ask(archivectl, archive, pieces, work, 20)] for _ in range(3)]
    best = [min(times) for times in zip(*runs)]
    row("in process, ms: median / p95 / worst", figures(best), goal)
    for length in (1, 2, 4, 8):
        row(f"  {length} characters", figures([ms for ms, piece in zip(best, pieces) if len(piece) == length]))


def as_command(make, pieces):
    walls, cpus = [], []
    for piece in pieces:
        start = time.perf_counter()
        process = subprocess.Popen(make(piece), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        walls.append(1000 * (time.perf_counter() - start))
        cpus.append(1000 * (usage.ru_utime + usage.ru_stime))
    return walls, cpus


def processes(archivectl, archive, folder, pieces):
    some = pieces[:150]
    commands = [("as a command", lambda piece: [archivectl, "--archive", str(archive), "search", "--json", quoted(piece)], "goal p95 ≤ 15")]
    if shutil.which("rg"):
        commands.append(("ripgrep -l -F", lambda piece: ["rg", "-l", "-F", piece, str(folder)], ""))
    for name, make, goal in commands:
        walls, cpus = as_command(make, some)
        row(f"{name}, ms: median / p95 / worst", figures(walls), goal)
        row("  CPU", figures(cpus))


# SQLite's FTS5

def pairs(text):
    """Overlapping pairs in each run of Han characters, and its last character."""
    return HAN.sub(lambda run: " " + " ".join(run[0][i : i + 2] for i in range(len(run[0]))) + " ", text)


def fts5(kind, texts, pieces, work):
    file = work / f"{kind}.db"
    database = sqlite3.connect(file)
    tokenizer = "trigram" if kind == "trigram" else "unicode61"
    cut = (lambda text: text) if kind == "trigram" else pairs
    start = time.process_time()
    database.execute(f"CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='{tokenizer}')")
    database.executemany("INSERT INTO t (rowid, body) VALUES (?, ?)", ((i, cut(text)) for i, text in enumerate(texts, 1)))
    database.commit()
    row(f"FTS5 {kind}: index, CPU seconds, MB", f"{time.process_time() - start:.1f}, {file.stat().st_size / 1e6:.1f}")
    times = []
    for piece in pieces:
        if kind == "trigram":
            if len(piece) < 3:
                continue
            query = quoted(piece)
        else:
            query = quoted(piece) + " *" if len(piece) == 1 else '"' + " ".join(pairs(piece).split()[: -1 if HAN.fullmatch(piece) else None]) + '"'
        start = time.perf_counter()
        database.execute("SELECT count(*) FROM t WHERE t MATCH ?", (query,)).fetchone()
        database.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 20", (query,)).fetchall()
        times.append(1000 * (time.perf_counter() - start))
    row(f"FTS5 {kind}, total and 20 best, in process, ms", figures(times))
    database.close()


# Ten times as many

def shuffled(texts, folder):
    generator = random.Random(SEED)
    for copy in range(10):
        for number in range(0, len(texts), 100):
            group = texts[number : number + 100]
            pool = [part for text in group for part in re.split("(?<=[。！？\n])", text) if part]
            generator.shuffle(pool)
            size = len(pool) // len(group)
            target = folder / f"{copy}-{number // 1000}"
            target.mkdir(parents=True, exist_ok=True)
            for index in range(len(group)):
                text = f"第{copy}篇之{number + index}\n" + "".join(pool[index * size : (index + 1) * size])
                (target / f"{number + index}.txt").write_text(text, encoding="utf-8")


def run_import(archivectl, archive, folder):
    subprocess.run([archivectl, "--archive", str(archive), "init", "--quiet"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    start = time.perf_counter()
    process = subprocess.Popen([archivectl, "--archive", str(archive), "import", "--quiet", "--split", "none", str(folder)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit("the import failed")
    return time.perf_counter() - start, usage


def sizes(archive, texts):
    index = sum(file.stat().st_size for file in archive.parent.iterdir() if file.name.startswith(archive.name + ".search"))
    text = sum(len(text.encode()) for text in texts)
    row("search index against the text's bytes", f"{index / text:.2f} ×", "goal ≤ 0.75")


def indexing(archivectl, archive):
    for file in archive.parent.glob(archive.name + ".search*"):
        file.unlink()
    start = time.perf_counter()
    process = subprocess.Popen([archivectl, "--archive", str(archive), "search", "--json", "一"], stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(archivectl, folder, work):
    folder = pathlib.Path(folder)
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.txt"))]
    pieces = queries(texts, int(os.environ.get("QUERIES", "1000")))
    archive = work / "search.db"
    run_import(archivectl, archive, folder)
    row("search: essays, MB", f"{len(texts)}, {sum(len(text.encode()) for text in texts) / 1e6:.1f}")
    row("index made anew: seconds, CPU seconds, peak MB", "%.1f, %.1f, %.0f" % indexing(archivectl, archive), "goal ≤ 150 MB")
    sizes(archive, texts)
    exactness(archivectl, archive, folder, pieces, work)
    within(archivectl, archive, pieces, work, "goal p95 ≤ 5")
    processes(archivectl, archive, folder, pieces)
    for kind in ("pairs", "trigram"):
        fts5(kind, texts, pieces, work)
    if os.environ.get("LARGE"):
        large = work / "large"
        shuffled(texts, large)
        archive = work / "large.db"
        seconds, usage = run_import(archivectl, archive, large)
        row(f"{10 * len(texts)} essays: import seconds, peak MB", f"{seconds:.1f}, {usage.ru_maxrss / 1024:.0f}", "goal ≤ 250 MB")
        row("index made anew: seconds, CPU seconds, peak MB", "%.1f, %.1f, %.0f" % indexing(archivectl, archive), "goal ≤ 250 MB")
        within(archivectl, archive, pieces, work, "goal p95 ≤ 40")


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        os.environ["XDG_STATE_HOME"] = str(work / "state")
        measure(os.path.realpath(sys.argv[1]), sys.argv[2], work)


if __name__ == "__main__":
    main()
