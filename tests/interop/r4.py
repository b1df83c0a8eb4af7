"""Judges resources by what HL7 published: the JSON schema of R4, and the tables of its structure definitions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

DATA = Path(__file__).parents[1] / "data" / "fhir"


def _read(name: str) -> Any:
    return json.loads(gzip.decompress((DATA / name).read_bytes()))


@cache
def schema() -> dict[str, Any]:
    return _read("fhir.schema.json.gz")


@cache
def elements() -> dict[str, dict[str, Any]]:
    return _read("r4-elements.json.gz")


@cache
def validator(kind: str) -> Draft6Validator:
    """Of one type of resource: the whole schema tries all 148 for each and says nothing useful."""
    whole = schema()
    return Draft6Validator(
        {"$schema": whole["$schema"], "$ref": f"#/definitions/{kind}", "definitions": whole["definitions"]}
    )


def wrong_with(bundle: dict[str, Any]) -> list[str]:
    """All that is wrong in a bundle and in every resource of it, by schema, tables and references."""
    entries = bundle["entry"]
    shell = {**bundle, "entry": [{"fullUrl": entry["fullUrl"]} for entry in entries]}
    found = [*_by_schema("Bundle", shell), *_by_table("Bundle", "Bundle", shell)]
    urls = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in entries}
    if len(urls) != len(entries):
        found.append("two entries with one fullUrl")
    for entry in entries:
        one = entry["resource"]
        kind = one["resourceType"]
        if entry["fullUrl"] != f"urn:uuid:{one['id']}":
            found.append(f"{kind}/{one['id']}: another fullUrl")
        found += _by_schema(kind, one)
        found += _by_table(kind, kind, {name: value for name, value in one.items() if name != "resourceType"})
        found += _unresolved(one, urls, f"{kind}/{one['id']}")
    return found


def _by_schema(kind: str, value: Any) -> Iterator[str]:
    for error in validator(kind).iter_errors(value):
        yield f"{kind}{error.json_path[1:]}: {error.message[:200]}"


def _unresolved(value: Any, urls: dict[str, str], where: str) -> Iterator[str]:
    if isinstance(value, dict):
        target = value.get("reference")
        if isinstance(target, str):
            if target not in urls:
                yield f"{where}: {target} is not in the bundle"
            elif value.get("type") != urls[target]:
                yield f"{where}: {target} is a {urls[target]}"
        for name, inner in value.items():
            yield from _unresolved(inner, urls, f"{where}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _unresolved(inner, urls, where)


def _by_table(kind: str, path: str, value: dict[str, Any]) -> Iterator[str]:
    """An object of that type (or a part of one, at `path`) against the table of the type."""
    table = elements()[kind]
    depth = path.count(".") + 1
    own = {name: row for name, row in table.items() if name.startswith(f"{path}.") and name.count(".") == depth}
    left = {name: inner for name, inner in value.items() if name != "resourceType"}
    for name, row in own.items():
        short = name.rsplit(".", 1)[-1]
        if short.endswith("[x]"):
            choices = {short[:-3] + one[0].upper() + one[1:]: one for one in row["types"]}
        else:
            choices = {short: row["types"][0] if row["types"] else ""}
        given = [choice for choice in choices if choice in left]
        if len(given) < row["min"] or len(given) > 1:
            yield f"{name}: {len(given)} of {sorted(choices)}"
        for choice in given:
            yield from _judge(kind, name, row, choices[choice], left.pop(choice))
    for one in left.pop("extension", []):
        if set(one) != {"url", "valueReference"}:
            yield f"{path}.extension: {sorted(one)}"
    yield from (f"{path}.{name}: no such element" for name in left)


def _judge(kind: str, name: str, row: dict[str, Any], type_: str, value: Any) -> Iterator[str]:
    many = row["max"] == "*" or int(row["max"]) > 1
    if isinstance(value, list) != many:
        yield f"{name}: {'a list' if many else 'one'} is wanted"
        return
    if value == []:
        yield f"{name}: empty"
    for one in value if many else [value]:
        if one in ("", [], {}) or one is None:
            yield f"{name}: empty"
        if "codes" in row:
            yield from _coded(name, row["codes"], type_, one)
        if type_ == "Reference":
            yield from _target(name, row.get("targets", ["Resource"]), one)
        if type_ in ("BackboneElement", "Element") or "like" in row:
            yield from _by_table(kind, row.get("like", name), one)
        elif type_ in elements() and isinstance(one, dict):
            yield from _by_table(type_, type_, one)


def _target(name: str, targets: list[str], value: dict[str, Any]) -> Iterator[str]:
    kind = value.get("type")
    if kind is not None and kind not in targets and "Resource" not in targets:
        yield f"{name}: refers to a {kind}, not to one of {targets}"


def _coded(name: str, codes: list[list[str]], type_: str, value: Any) -> Iterator[str]:
    if type_ == "code":
        if value not in {code for _system, code in codes}:
            yield f"{name}: {value} is no code of the required value set"
        return
    codings = [value] if type_ == "Coding" else value.get("coding", [])
    if not any([one.get("system"), one.get("code")] in codes for one in codings):
        yield f"{name}: {codings} has no code of the required value set"
