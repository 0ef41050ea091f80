#!/usr/bin/env python3
"""packaging/manual.py BINARY FOLDER: writes a manual page for each command, and one that gives an overview, out of what the command's
own help says (`--experimental-dump-help`, a JSON of swift-argument-parser).

The package's own plugin does the same, but builds everything once more for it.
"""
import datetime, json, os, pathlib, subprocess, sys

SECTION = 1
GLOBAL_STATUS = [
    (0, "done"), (1, "failed"), (2, "done, but something needs your attention"), (64, "wrong usage"), (65, "bad data"), (66, "not found"),
    (69, "remote unavailable"), (73, "cannot write"), (75, "try again"), (77, "not allowed"),
]


def escaped(text):
    """Text in roff: backslashes and dashes are its own, and so is a point or an apostrophe at the beginning of a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def paragraphs(text):
    """Indented lines are examples, shown as they are."""
    result, example = [], []

    def flush():
        if example:
            result.extend([".PP", ".RS 4", ".nf"] + [escaped(line.strip()) for line in example] + [".fi", ".RE"])
            example.clear()

    for line in text.split("\n"):
        if line.startswith("  "):
            example.append(line)
            continue
        flush()
        result.append(escaped(line) if line.strip() else ".PP")
    flush()
    return result


def named(argument, name):
    return ("\\-" if name["kind"] == "short" else "\\-\\-") + escaped(name["name"])


def label(argument):
    """`\\fB--from\\fR \\fIfile\\fR`"""
    value = "\\fI" + escaped(argument.get("valueName", "")) + "\\fR"
    if argument["kind"] == "positional":
        return value
    names = ", ".join("\\fB" + named(argument, name) + "\\fR" for name in argument["names"])
    return names + (" " + value if argument["kind"] == "option" else "")


def synopsis(command, path):
    parts = ["\\fB" + escaped(" ".join(path)) + "\\fR"]
    shown = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    if any(a["kind"] != "positional" for a in shown):
        parts.append("[\\fIoptions\\fR]")
    for argument in shown:
        required = not argument.get("isOptional", False)
        if argument["kind"] == "option" and required:
            parts.append(label(argument))
        elif argument["kind"] == "positional":
            one = label(argument) + (" ..." if argument.get("isRepeating") else "")
            parts.append(one if required else "[" + one + "]")
    if command.get("subcommands"):
        parts.append("\\fIcommand\\fR")
    return " ".join(parts)


def section(title, lines):
    return [".SH " + title] + lines if lines else []


def page(command, path, version, date):
    name = "-".join(path)
    arguments = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    commands = [c for c in command.get("subcommands", []) if c.get("shouldDisplay", True) and c["commandName"] != "help"]
    lines = [
        f'.TH "{escaped(name.upper())}" {SECTION} "{date}" "archivectl {version}" "User Commands"', ".SH NAME",
        escaped(name) + " \\- " + escaped(command.get("abstract", "").rstrip(".").replace("\n", " ")), ".SH SYNOPSIS", synopsis(command, path),
    ]
    lines += section("DESCRIPTION", paragraphs(command.get("discussion") or command.get("abstract", "")))
    listed = []
    for argument in arguments:
        listed += [".TP", label(argument), escaped(argument.get("abstract", "").replace("\n", " "))]
        if argument.get("defaultValue"):
            listed[-1] += f" (default: {escaped(argument['defaultValue'])})"
    lines += section("OPTIONS", listed)
    listed = []
    for sub in commands:
        listed += [".TP", "\\fB" + escaped("-".join(path + [sub["commandName"]])) + "\\fR(1)", escaped(sub.get("abstract", ""))]
    lines += section("COMMANDS", listed)
    if len(path) == 1:
        listed = []
        for status, meaning in GLOBAL_STATUS:
            listed += [".TP", f"\\fB{status}\\fR", meaning]
        lines += section("EXIT STATUS", listed)
        lines += section("ENVIRONMENT", [
            ".TP", "\\fBARCHIVECTL_ARCHIVE\\fR", "The archive's file, where \\fB\\-\\-archive\\fR names none.",
            ".TP", "\\fBARCHIVECTL_AUTHOR\\fR", "Who makes changes; by default the login name.",
            ".TP", "\\fBVISUAL\\fR, \\fBEDITOR\\fR, \\fBPAGER\\fR", "The programs to write and to read with.",
        ])
    else:
        lines += section("SEE ALSO", ["\\fB" + escaped("-".join(path[:-1])) + "\\fR(1)"])
    return name, "\n".join(lines) + "\n"


def pages(command, path, version, date):
    yield page(command, path, version, date)
    for sub in command.get("subcommands", []):
        if sub.get("shouldDisplay", True) and sub["commandName"] != "help":
            yield from pages(sub, path + [sub["commandName"]], version, date)


def main():
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    run = lambda *arguments: subprocess.run([binary, *arguments], capture_output=True, text=True, check=True).stdout
    version = run("--version").strip()
    # The same sources give the same pages.
    date = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", os.path.getmtime(binary))), datetime.timezone.utc).date()
    folder.mkdir(parents=True, exist_ok=True)
    command = json.loads(run("--experimental-dump-help"))["command"]
    for name, text in pages(command, [command["commandName"]], version, date):
        (folder / f"{name}.{SECTION}").write_text(text, encoding="utf-8")


main()
