"""`aigov inspect`: what is in a bundle?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from aigov.bundles import open_document
from aigov.commands.verb import Bundle, Format, Output, Trust, verb
from aigov.output import count, print_json
from aigov_compiler import disassemble

app, command = verb("aigov inspect policy.govb --code")


@command
def run(
    bundle: Bundle,
    trust: Trust = None,
    code: Annotated[bool, typer.Option("--code", help="Disassemble the decision code of every rule.")] = False,
    output: Output = Format.TEXT,
) -> None:
    """Show a bundle's manifest, rules and detectors."""
    document = open_document(bundle, trust)
    if output is Format.JSON:
        parts = {name: document[name] for name in ("manifest", "default", "attributes", "rules")}
        detectors = [_detector(detector) for detector in document["detectors"]]
        print_json({**parts, "detectors": detectors, **({"code": disassemble(document)} if code else {})})
    elif code:
        print(disassemble(document), end="")
    else:
        _print(document)


def _detector(detector: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a detector that says what it is; not its words and patterns."""
    return {key: detector[key] for key in ("id", "package", "class", "severity", "confidence", "style", "doc")}


def _print(document: Mapping[str, Any]) -> None:
    manifest, scan = document["manifest"], document["scan"]
    print(f"name          {manifest['name']}")
    print(f"revision      {manifest['revision']}")
    print(f"counter       {manifest['counter']}")
    print(f"valid from    {_day(manifest['not_before'])}")
    print(f"valid until   {_day(manifest['expires'])}")
    print(f"inputs        {manifest['inputs']}")
    print(f"packages      {', '.join(manifest['packages'])}")
    print(f"capabilities  {', '.join(manifest['capabilities'])}")
    print(f"cost          {count(manifest['cost']['bundle'], 'step')} in the worst case")
    print(f"databases     {', '.join(sorted(scan['databases'])) or 'none: the loader compiles the patterns'}")
    default = document["default"]
    print(f"default       {default['effect']}", f"({default['message']})" if default["message"] else "")
    print(f"\n{count(len(document['rules']), 'rule')}")
    for rule in document["rules"]:
        path, line, _ = rule["location"]
        owner = f"  owner {rule['owner']}" if rule["owner"] else ""
        print(f"  {rule['effect'] or 'note':<8} {rule['id']} on {rule['scope']}  {path}:{line}{owner}")
    print(f"\n{count(len(document['detectors']), 'detector')}, {count(len(scan['patterns']), 'pattern')}")
    for detector in document["detectors"]:
        print(f"  {detector['id']} (class {detector['class']}, severity {detector['severity']})")


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds)) if seconds else "no limit"
