"""The page on the JSON documents, from their schema: ``python docs/site/json_page.py > docs/json.md``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).parents[1] / "solve.schema.json"

Json = dict[str, Any]

TITLES = {
    "plan": "`data` of `solve`, and the file `plan.json` of a run",
    "frontier": "`data` of `frontier`, and the file `frontier.json` of a run",
    "alternatives": "`data` of `alternatives`, and the file `alternatives.json` of a run",
    "proof": "How a role is known", "side": "A side of a role",
    "why": "`data` of `why`, and the file `why.json` of a run",
    "why_all": "`data` of `why --all`",
    "breakpoint": "A switching point",
    "tornado": "`data` of `tornado`, and the file `tornado.json` of a run",
    "end": "An end of a range",
    "stress": "`data` of `stress`, and the file `stress.json` of a run",
    "held": "A plan under stops",
    "robust": "`data` of `robust`, and the file `robust.json` of a run",
    "decided": "What is decided now", "future": "A future",
    "sample": "`data` of `sample`, and the file `sample.json` of a run",
    "spread": "A spread over futures",
    "conflict": "`data` of `conflict`, and of `solve` where there is no plan",
    "conflict_cell": "A cell of a conflict", "way_out": "A way out", "change": "A cell that changes",
    "near": "A number without slack",
    "compare": "`data` of `compare`, and the file `compare.json` of a run",
    "fall": "A waterfall",
    "unanswered": "A question of `--with` without an answer",
    "runs": "`data` of `runs`",
    "replay": "`data` of `replay`",
    "message": "`data` where there is no answer, and of `check`",
    "finding": "A finding",
    "goals": "Goals", "dependence": "Dependence", "cost": "Cost", "deal": "A deal", "order": "An order",
    "counts": "How many of what",
    "by_year": "Numbers by year",
}
"""Definition of the schema -> heading, in the order of the page."""

INTRODUCTION = """# JSON

Made from [the schema](solve.schema.json) by `docs/site/json_page.py`; do not edit it by hand.

With `--json`, a command prints one document on stdout and nothing else; progress and warnings of the system go to
stderr. The exit code is the same as without it. Fields may be added in later versions, never renamed: a program should
pass over those that it does not know. Money is in the currency named, dependence a fraction, amounts are tonnes a year.

```console
$ optimizer check first_steps --set "Supply[Friend's magnets].limit=thirty" --json
{"schema": 1, "command": "check", "status": "bad input", "exit": 5, "data": {"message": "What was asked ...
$ echo $?
5
```

## The document
"""


def page() -> str:
    """The page, in Markdown.

    Raises:
        KeyError: the schema defines what has no heading here.
    """
    schema: Json = json.loads(SCHEMA.read_text(encoding="utf-8"))
    defined: Json = schema["$defs"]
    parts = [INTRODUCTION, _fields(schema)]
    for name in sorted(defined, key=list(TITLES).index):
        parts += ["", f'<a id="{name}"></a>', "", f"## {TITLES[name]}", ""]
        parts += [defined[name]["description"], ""] if "description" in defined[name] else []
        parts += [_fields(defined[name])] if "properties" in defined[name] else []
    return "\n".join(parts).rstrip() + "\n"


def _fields(schema: Json, prefix: str = "") -> str:
    return "\n".join(["| field | is | meaning |", "| --- | --- | --- |", *_rows(schema, prefix)])


def _rows(schema: Json, prefix: str) -> list[str]:
    needed, rows = schema.get("required", ()), []
    for name, field in schema["properties"].items():
        optional = "" if name in needed else " May be missing."
        text = field.get("description", "")
        rows.append(f"| `{prefix}{name}` | {_kind(field)} | {text}{optional} |".replace("  ", " "))
        inner = field.get("items", field)
        for one in (inner, *inner.get("anyOf", ())):
            if "properties" in one:
                rows += _rows(one, f"{prefix}{name}{'[]' if 'items' in field else ''}.")
    return rows


def _kind(field: Json) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name.replace('_', ' ')}](#{name})"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" if value != "" else "empty" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"])
    if "items" in field:
        return f"list of {_kind(field['items'])}"
    if isinstance(field.get("additionalProperties"), dict):
        return f"object of {_kind(field['additionalProperties'])}"
    kind = field.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


if __name__ == "__main__":
    sys.stdout.write(page())
