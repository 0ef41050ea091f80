#!/usr/bin/env python3
"""Checks what commands printed against docs/schema, with python3-jsonschema.

Reads lines {"schema": "list.json", "value": …} from standard input and prints what does not fit.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

FOLDER = pathlib.Path(__file__).parent / "schema"


def validators():
    for file in FOLDER.rglob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        yield file.relative_to(FOLDER).as_posix(), Draft202012Validator(schema)


def problems(error):
    """What is wrong; where one of several forms should fit, what is wrong with each."""
    yield f"{error.json_path}: {error.message}"
    for inner in error.context:
        yield from problems(inner)


def main():
    known = dict(validators())
    failed = False
    for number, line in enumerate(sys.stdin, 1):
        case = json.loads(line)
        for error in known[case["schema"]].iter_errors(case["value"]):
            failed = True
            for problem in problems(error):
                print(f"line {number}, {case['schema']}: {problem}")
    sys.exit(1 if failed else 0)


main()
