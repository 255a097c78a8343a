"""``anlan rule ID --on DATE`` and ``anlan rules``: facts on standard input, findings on standard output.

Imports no Django and reads only the rule that is asked for: it starts in a few hundredths of a second.
"""

import argparse
import difflib
import sys
from collections.abc import Sequence
from typing import BinaryIO, NoReturn, TextIO

from anlan.rules import local
from anlan.rules.errors import RuleError
from anlan.rules.params import Parameters
from anlan.rules.registry import RULE_IDS, evaluate, load
from anlan.rules.wire import dumps, loads


def main(command: str, words: Sequence[str]) -> None:
    """Run ``rule`` or ``rules``; exit 2 when facts were refused."""
    if command == "rules":
        _list_rules(words)
        return
    parser = argparse.ArgumentParser(prog="anlan rule", description="按某一天的法判一件事：事实从标准输入读(JSON)。")
    parser.add_argument("rule_id", help="规则编号,见 anlan rules")
    parser.add_argument("--on", required=True, metavar="DATE", help="法定日期 YYYY-MM-DD(事故、行为、评估之日)")
    parser.add_argument("--jsonl", action="store_true", help="一行一件,一行一个回答")
    options = parser.parse_args(list(words))
    if options.rule_id not in RULE_IDS:
        _fail(f"没有“{options.rule_id}”这条规则。", difflib.get_close_matches(options.rule_id, RULE_IDS, n=3))
    if options.jsonl:
        sys.exit(answer_lines(options.rule_id, options.on, sys.stdin.buffer, sys.stdout))
    try:
        facts = loads(sys.stdin.buffer.read())
        print(evaluate(options.rule_id, facts, on=options.on).to_json())
    except RuleError as error:
        print(dumps(error.as_json()), file=sys.stderr)
        sys.exit(2)


def answer_lines(rule_id: str, on: str, lines: BinaryIO, out: TextIO) -> int:
    """One line out for one line in, errors in their line; the exit code."""
    worst = 0
    for line in lines:
        try:
            answer = evaluate(rule_id, loads(line), on=on).to_json()
        except RuleError as error:
            answer, worst = dumps(error.as_json()), 2
        out.write(answer + "\n")
    return worst


def _list_rules(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="anlan rules", description="列出全部规则、版本和没有核实的地方。")
    parser.add_argument("--schema", action="store_true", help="输出全部规则的 JSON schema")
    if parser.parse_args(list(words)).schema:
        # Read when asked for only.
        from anlan.rules.documents import schema  # noqa: PLC0415

        print(schema(), end="")
        return
    width = max(map(len, RULE_IDS))
    readers = {}
    for rule_id in RULE_IDS:
        rule, parameters = load(rule_id)
        print(f"{rule_id:{width}}  {rule.title}  版本 {_versions(parameters)}")
        if rule.read_local:
            readers[rule_id] = rule.read_local
            for place in local.places(rule_id):
                print(f"{'':{width}}  └ {place.region} {place.name}  版本 {_versions(place.parameters)}")
    wrong = local.problems(readers)
    for text in wrong:
        print(f"写得不对,没有采用:{text}", file=sys.stderr)
    if wrong:
        sys.exit(2)


def _versions(parameters: Parameters) -> str:
    return "、".join(version.name for version in parameters.versions)


def _fail(message: str, near: Sequence[str]) -> NoReturn:
    hint = f"您是否要:{'、'.join(near)}?" if near else ""
    print(f"错误:{message}{hint}执行 anlan rules 查看全部规则。", file=sys.stderr)
    sys.exit(2)
