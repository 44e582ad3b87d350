"""What a JSON Schema of this project asks, and no more of JSON Schema than it uses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "docs" / "solve.schema.json"
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}
KNOWN = {
    "$ref", "$schema", "$defs", "title", "description", "type", "required", "properties", "const", "enum", "items",
    "anyOf", "additionalProperties", "patternProperties", "maxItems",
}


def faults(document: Any) -> list[str]:
    """Where a document does not keep to docs/solve.schema.json; empty where it does."""
    whole = json.loads(FILE.read_text(encoding="utf-8"))
    return list(_faults(document, whole, whole, "$"))


def _faults(value: Any, schema: dict[str, Any], whole: dict[str, Any], at: str) -> list[str]:
    assert set(schema) <= KNOWN, f"{at}: this validator does not know {set(schema) - KNOWN}"
    found: list[str] = []
    if "$ref" in schema:
        found += _faults(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, at)
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "anyOf" in schema:
        tried = [_faults(value, one, whole, at) for one in schema["anyOf"]]
        if all(tried):
            found += min(tried, key=len)
    if "type" in schema and not _is(value, schema["type"]):
        return [*found, f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, list):
        found += [f for i, one in enumerate(value) for f in _faults(one, schema.get("items", {}), whole, f"{at}[{i}]")]
        if len(value) > schema.get("maxItems", len(value)):
            found.append(f"{at}: {len(value)} items")
    if isinstance(value, dict):
        found += _members(value, schema, whole, at)
    return found


def _is(value: Any, wanted: str | list[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, TYPES[name]) for name in names)


def _members(value: dict[str, Any], schema: dict[str, Any], whole: dict[str, Any], at: str) -> list[str]:
    found = [f"{at}: no {name!r}" for name in schema.get("required", ()) if name not in value]
    for name, member in value.items():
        asked = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        asked += [one for pattern, one in schema.get("patternProperties", {}).items() if re.search(pattern, name)]
        other = schema.get("additionalProperties", True)
        if not asked and other is False:
            found.append(f"{at}: {name!r} is not known")
        if not asked and isinstance(other, dict):
            asked = [other]
        found += [f for one in asked for f in _faults(member, one, whole, f"{at}.{name}")]
    return found
