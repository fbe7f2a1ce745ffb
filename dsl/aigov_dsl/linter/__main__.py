"""`python -m aigov_dsl.linter > docs/lint/README.md`: the index of the rules' pages."""

from aigov_dsl.linter.registry import RULES

_HEAD = """\
# Lint rules

What `aigov lint` finds: policies that are legal but unwise. `aigov lint --fix` mends the findings of the rules
marked *fix* where the meaning stays the same.

To silence a finding, write `// lint: ignore CODE reason` on the line before it or at its end. It holds for the
construct that it stands at: a whole declaration, a clause, a term, a list entry.

| Code | Name | Finds | |
|---|---|---|---|
"""


def index() -> str:
    """The page, made from the table of rules."""
    rows = (
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.title} | {'*fix*' if rule.fixable else ''} |\n"
        for _, rule in sorted(RULES.items())
    )
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    print(index(), end="")
