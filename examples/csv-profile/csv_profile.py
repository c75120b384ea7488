#!/usr/bin/env python3
"""Describes a CSV file column by column: kind, empty cells, distinct values, range. Reads a stream, keeps no rows.

Usage: csv_profile.py FILE [--json]      ("-" reads standard input)
"""

import argparse
import csv
import json
import sys
from datetime import date

DISTINCT_LIMIT = 1000


def kind_of(text):
    for kind, parse in (("integer", int), ("number", float), ("date", date.fromisoformat)):
        try:
            return kind, parse(text)
        except ValueError:
            continue
    return "text", text


class Column:
    def __init__(self, name):
        self.name, self.cells, self.empty = name, 0, 0
        self.kinds, self.distinct, self.low, self.high = set(), set(), {}, {}

    def add(self, text):
        self.cells += 1
        if text.strip() == "":
            self.empty += 1
            return
        kind, value = kind_of(text.strip())
        self.kinds.add(kind)
        if len(self.distinct) <= DISTINCT_LIMIT:
            self.distinct.add(text)
        self.low[kind] = min(self.low.get(kind, value), value)
        self.high[kind] = max(self.high.get(kind, value), value)

    def summary(self):
        # A column of whole numbers and fractions is a column of numbers; any other mixture is text.
        kinds = self.kinds - {"integer"} if "number" in self.kinds else self.kinds
        kind = next(iter(kinds)) if len(kinds) == 1 else "text" if kinds else "empty"
        many = len(self.distinct) > DISTINCT_LIMIT
        known = [k for k in ("integer", "number") if k in self.low] if kind == "number" else [kind]
        return {
            "column": self.name,
            "kind": kind,
            "empty": self.empty,
            "distinct": f">{DISTINCT_LIMIT}" if many else len(self.distinct),
            "from": str(min(self.low[k] for k in known)) if kind not in ("text", "empty") else "",
            "to": str(max(self.high[k] for k in known)) if kind not in ("text", "empty") else "",
        }


def profile(lines):
    reader = csv.reader(lines)
    columns = [Column(name) for name in next(reader, [])]
    ragged = 0
    for row in reader:
        ragged += len(row) != len(columns)
        for column, cell in zip(columns, row):
            column.add(cell)
    return {"columns": [c.summary() for c in columns], "rows": max((c.cells for c in columns), default=0), "ragged_rows": ragged}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    source = sys.stdin if options.file == "-" else open(options.file, newline="", encoding="utf-8-sig")
    with source:
        result = profile(source)
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        print()
        return
    print(f"{result['rows']} rows, {result['ragged_rows']} of another length than the header")
    for column in result["columns"]:
        print("  ".join(f"{key}={value}" for key, value in column.items() if value != ""))


if __name__ == "__main__":
    main()
