"""Documents made from the rules: ``docs/reference/rules.md`` and ``rules.schema.json``."""

import json
from typing import Any

from anlan.rules import local
from anlan.rules.errors import CODES
from anlan.rules.facts import schema_of
from anlan.rules.finding import FIGURES
from anlan.rules.params import Parameters
from anlan.rules.registry import RULE_IDS, Rule, load

HEAD = "<!-- 由 `anlan generate_docs` 生成，不要手改。 -->\n"

INTRODUCTION = """
# 规则一览

每条规则是 `src/anlan/rules/` 下的一个文件夹：`params.toml`（分版本的数字，逐个注明出处）、`rule.py`（纯函数）、
`cases.toml`（例子，也是测试）、`README.md`（怎样读条文、哪里存疑）。用法：`anlan rule 编号 --on 日期 < facts.json`，
一行一件用 `--jsonl`；全部输入输出的格式见 `rules.schema.json`。规则只提出判断和理由，由机关决定。

缺少的事实还能改变结论时，`value` 为空，`unknown` 点名缺什么；没有核实的数字随每个结论一起显示。
"""


def rules_page() -> str:
    """Every rule with its versions, sources, and what is unverified."""
    loaded = [load(rule_id) for rule_id in RULE_IDS]
    rows = [
        f"| [`{rule.id}`](../../src/anlan/rules/{rule.id}/README.md) | {rule.title} | {rule.decides} | "
        f"{'、'.join(version.name for version in parameters.versions)} | {_checked(parameters)} |"
        for rule, parameters in loaded
    ]
    table = "\n".join(["| 编号 | 规则 | 判定什么 | 版本 | 人工核对 |", "|---|---|---|---|---|", *rows])
    return f"{HEAD}{INTRODUCTION}\n{table}\n\n" + "\n".join(_section(rule, found) for rule, found in loaded)


def schema() -> str:
    """JSON schema of the facts of every rule, of a finding and of an error."""
    rules = [load(rule_id)[0] for rule_id in RULE_IDS]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "安澜规则：事实、结论、错误",
        "$defs": {
            "facts": {rule.id: {"title": rule.title, **schema_of(rule.facts)} for rule in rules},
            "citation": _CITATION,
            "finding": _FINDING,
            "values": {rule.id: _values(rule) for rule in rules},
            "figures": {rule.id: dict(rule.figures) for rule in rules},
            "error": _ERROR,
        },
        "oneOf": [{"$ref": "#/$defs/finding"}, {"$ref": "#/$defs/error"}],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _values(rule: Rule) -> dict[str, Any]:
    return {"enum": [*rule.values, None], "labels": dict(rule.values)}


def _checked(parameters: Parameters) -> str:
    return parameters.checked_on.isoformat() if parameters.checked_on else "还没有"


def _section(rule: Rule, parameters: Parameters) -> str:
    lines = [f"## {rule.title}（`{rule.id}`）\n", f"{rule.decides}\n"]
    for version in parameters.versions:
        cite = version.citation
        note = f"：{version.note}" if version.note else ""
        lines.append(f"- **{version.name}** 自 {version.in_force_from}，{cite.document}{cite.article}{note}")
        lines.extend(f"    - 未核实：{reason}" for reason in version.unverified)
    lines.append("\n| 出处 | 文本 |\n|---|---|")
    for source in parameters.sources.values():
        lines.append(
            f"| {source['document']} | {'未核实：' + source['unverified'] if 'unverified' in source else '文本在手边'} |"
        )
    for place in local.delivered(rule.id):
        for version in place.parameters.versions:
            cite = version.citation
            doubt = f"，未核实：{cite.unverified}" if cite.unverified else ""
            lines.append(f"| {place.name}，自 {version.in_force_from}：{cite.document} | 数据{doubt} |")
    values = [f"`{code}` {text}" for code, text in rule.values.items() if code != FIGURES]
    if values:
        lines.append(f"\n结论：{'、'.join(values)}。")
    return "\n".join(lines) + "\n"


_CITATION = {
    "type": "object",
    "required": ["document", "article"],
    "properties": {"document": {"type": "string"}, "article": {"type": "string"}},
}
_NOTES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["text", "citation"],
        "properties": {
            "text": {"type": "string"},
            "citation": {"oneOf": [{"$ref": "#/$defs/citation"}, {"type": "null"}]},
        },
    },
}
_FINDING = {
    "type": "object",
    "required": [
        *("rule", "version", "in_force_from", "on", "value", "label", "unknown"),
        *("because", "citation", "unverified", "inputs", "figures"),
    ],
    "additionalProperties": False,
    "properties": {
        "rule": {"enum": list(RULE_IDS)},
        "version": {"type": "string"},
        "in_force_from": {"type": "string", "format": "date"},
        "on": {"type": "string", "format": "date"},
        "value": {"type": ["string", "null"], "description": "见 $defs.values；unknown 不空时为 null"},
        "label": {"type": "string"},
        "unknown": {"type": "array", "items": {"type": "string"}},
        "because": _NOTES,
        "citation": {"$ref": "#/$defs/citation"},
        "unverified": _NOTES,
        "inputs": {"type": "object"},
        "figures": {"type": "object"},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "pointer", "near"],
            "properties": {
                "code": {"enum": list(CODES), "labels": CODES},
                "message": {"type": "string"},
                "pointer": {"type": "string", "description": "JSON pointer"},
                "near": {"type": "array"},
            },
        }
    },
}
