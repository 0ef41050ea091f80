"""Importing a folder of essays, again when nothing changed, and twenty times over with edits."""
import json
import os
import random
import shutil
import sqlite3

from bench import IDENTITY, ROUNDS, Cost, has, median, run, size


def fresh(work, archivectl):
    for file in work.glob("a.db*"):
        file.unlink()
    run(archivectl, "--archive", work / "a.db", "init")
    os.sync()


def git_import(folder):
    run("git", "init", "-q", ".", cwd=folder)
    os.sync()
    return run("git", *IDENTITY, "add", "-A", cwd=folder) + run("git", *IDENTITY, "commit", "-qm", "all", cwd=folder)


def fossil_import(work, corpus):
    tree = work / "fossil"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(corpus, tree)
    repository = work / "bench.fossil"
    repository.unlink(missing_ok=True)
    run("fossil", "init", repository)
    run("fossil", "open", "-f", repository, cwd=tree)
    os.sync()
    cost = run("fossil", "add", ".", cwd=tree) + run("fossil", "commit", "-m", "all", "--no-warnings", cwd=tree)
    return cost, repository.stat().st_size / 1e6


def fts5_import(work, files):
    """SQLite's own full-text index with its trigram tokenizer, the one that finds Chinese without a tokenizer of one's own."""
    path = work / "fts5.db"
    path.unlink(missing_ok=True)
    start = os.times()
    database = sqlite3.connect(path)
    database.execute("CREATE VIRTUAL TABLE essay USING fts5(body, tokenize='trigram')")
    for file in files:
        database.execute("INSERT INTO essay VALUES (?)", (file.read_text(encoding="utf-8"),))
    database.commit()
    database.close()
    end = os.times()
    return Cost(end.elapsed - start.elapsed, end.user + end.system - start.user - start.system), path.stat().st_size / 1e6


def imports(table, archivectl, work, corpus, files):
    table.section("Import")
    text = sum(file.stat().st_size for file in files) / 1e6
    table.add("essays, MB of text", f"{len(files)}, {text:.1f}")
    ours, git, again, listed, split, rsync, verified, checked = [], [], [], [], [], [], [], []
    for _ in range(ROUNDS):
        for name in ("repository", "copy"):
            shutil.rmtree(work / name, ignore_errors=True)
        shutil.copytree(corpus, work / "repository")
        run("rsync", "-a", f"{corpus}/", work / "copy")
        git.append(git_import(work / "repository"))
        fresh(work, archivectl)
        ours.append(run(archivectl, "--archive", work / "a.db", "import", corpus))
        verified.append(run(archivectl, "--archive", work / "a.db", "verify"))
        again.append(run(archivectl, "--archive", work / "a.db", "import", corpus))
        listed.append(run(archivectl, "--archive", work / "a.db", "import", "--json", corpus))
        run(archivectl, "--archive", work / "a.db", "import", "--split", "none", corpus)
        split.append(run(archivectl, "--archive", work / "a.db", "import", "--split", "none", corpus))
        rsync.append(run("rsync", "-a", f"{corpus}/", work / "copy"))
        checked.append(run("git", "fsck", "--full", cwd=work / "repository"))

    def ratio(what, left, right, name, goal=""):
        table.ratio(what, [c.wall for c in left], [c.wall for c in right], name, goal)
    ratio("import to searchable, wall time", ours, git, "git add, commit", "≤ 1.2 ×")
    table.ratio("import to searchable, processor time", [c.cpu for c in ours], [c.cpu for c in git], "git add, commit")
    if has("fossil"):
        fossil, megabytes = fossil_import(work, corpus)
        table.ratio("import to searchable, wall time", [ours[-1].wall], [fossil.wall], f"fossil add, commit, {megabytes:.0f} MB")
    fts5, megabytes = fts5_import(work, files)
    table.ratio("import to searchable, processor time", [ours[-1].cpu], [fts5.cpu], f"SQLite FTS5 trigram, {megabytes:.0f} MB")
    table.add("peak memory", f"{max(c.peak for c in ours):.0f} MB", "≤ 250 MB")
    archive, index = (work / "a.db").stat().st_size / 1e6, size(work, "a.db.search*")
    repository = size(work / "repository" / ".git")
    table.add("archive file", f"{archive:.1f} MB, {archive / text:.2f} of the text", "≤ 0.65", f"git before gc {repository:.1f} MB")
    table.add("search index", f"{index:.1f} MB, {index / text:.2f} of the text", "≤ 0.75")
    ratio("import again, nothing changed, wall time", again, rsync, "rsync -a, nothing changed", "≤ 1.5 ×")
    ratio("the same with --json", listed, again, "without", "≤ 1.5 ×")
    ratio("the same with --split none, given again", split, again, "without", "≤ 1.2 ×")
    ratio("verify, wall time", verified, checked, "git fsck", "≤ 1 ×")
    speed, peak = text / median([c.cpu for c in verified]), max(c.peak for c in verified)
    table.add("verify, MB of text in a second of one processor; peak memory", f"{speed:.0f} MB, {peak:.0f} MB", "≥ 150 MB")


def edited(text, sentences):
    """The text with one to three sentences replaced, added or taken out."""
    for _ in range(random.randint(1, 3)):
        parts = text.split("。")
        place, chance = random.randrange(max(1, len(parts) - 1)), random.random()
        if chance < 0.5:
            parts[place] = random.choice(sentences)
        elif chance < 0.8:
            parts.insert(place + 1, random.choice(sentences))
        elif len(parts) > 5:
            parts.pop(place)
        text = "。".join(parts)
    return text


def history(table, archivectl, work, files, essays=1000, edits=20):
    """The same essays, each changed again and again: what all versions take, and how long an old one takes to come back."""
    table.section(f"{essays} essays, {edits} edits each")
    random.seed(5)
    texts = [file.read_text(encoding="utf-8") for file in files[:essays]]
    sentences = [s for file in files[essays : essays + 300] or files for s in file.read_text(encoding="utf-8").replace("\n", "").split("。") if 8 < len(s) < 60]
    folder, repository = work / "history", work / "history.git"
    for path in (folder, repository):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    run("git", "init", "-q", ".", cwd=repository)
    for file in work.glob("h.db*"):
        file.unlink()
    archive = [archivectl, "--archive", work / "h.db"]
    run(*archive, "init")
    ours, git = Cost(), Cost()
    for version in range(edits + 1):
        for number, text in enumerate(texts):
            if version:
                texts[number] = text = edited(text, sentences)
            for place in (folder, repository):
                (place / f"{number:05}.txt").write_text(text, encoding="utf-8")
        ours += run(*archive, "import", folder)
        git += run("git", *IDENTITY, "add", "-A", cwd=repository) + run("git", *IDENTITY, "commit", "-qm", str(version), cwd=repository)
    before = size(repository / ".git")
    collect = run("git", "gc", "-q", cwd=repository)
    packed, stored = size(repository / ".git"), (work / "h.db").stat().st_size / 1e6
    table.add("stored history", f"{stored:.1f} MB", "≤ 1.0 ×", f"{stored / packed:.2f} × git after gc ({packed:.1f} MB; before {before:.0f})")
    table.ratio("storing it, processor time", [ours.cpu], [git.cpu + collect.cpu], "git add, commit, gc")
    essay = json.loads(run(*archive, "list", "--json", keep=True).output)[0]["id"]
    times = {version: median([run(*archive, "show", essay, "--version", version).wall for _ in range(5)]) for version in (1, edits // 2, edits + 1)}
    table.add("one version as a command: first, middle, last", ", ".join(f"{1000 * t:.0f}" for t in times.values()) + " ms", "≤ 20 ms")
