"""Source code in text: its language, its lines, and what is none."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_runtime.scan.code import code_spans

SNIPPETS = {
    "c": 'int main(void) {\n    printf("hi\\n");\n    return 0;\n}',
    "cpp": "#include <iostream>\nint main() {\n  std::cout << 1 << std::endl;\n}",
    "csharp": "using System;\npublic class P {\n    public string Name { get; set; }\n}",
    "css": ".card {\n  color: red;\n  margin: 0 auto;\n}",
    "dart": "class A extends StatelessWidget {\n  @override\n  Widget build(BuildContext context) {\n"
    "    return Text('a');\n  }\n}",
    "elixir": "defmodule A do\n  def add(a, b) do\n    a + b\n  end\nend",
    "go": "package main\n\nfunc add(a, b int) (int, error) {\n\tif err != nil {\n"
    "\t\treturn 0, err\n\t}\n\treturn a + b, nil\n}",
    "html": "<html>\n<body>\n<h1>Hello</h1>\n</body>\n</html>",
    "java": "List<String> names = new ArrayList<>();\nfor (String n : names) {\n    System.out.println(n);\n}",
    "javascript": "const res = await fetch(url);\nconst body = await res.json();\nreturn body.items;",
    "kotlin": "fun main() {\n    val x = listOf(1, 2)\n    println(x)\n}",
    "lua": "local M = {}\nfunction M.add(a, b)\n  return a + b\nend\nreturn M",
    "perl": 'use strict;\nmy $x = shift;\nprint "hi $x\\n";',
    "php": "public function get($id) {\n    return $this->repo->find($id);\n}",
    "powershell": "Get-ChildItem -Path C:\\ | Where-Object { $_.Length -gt 1 }\n$x = Get-Date\nWrite-Host $x",
    "python": "for row in rows:\n    total += row.amount\nprint(total)",
    "r": "library(dplyr)\ndf <- read.csv('a.csv')\nnames <- c('a', 'b')\nmodel <- lm(y ~ x, data = df)\nsummary(model)",
    "ruby": 'def greet(name)\n  puts "hi #{name}"\nend',
    "rust": "fn main() {\n    let mut v = Vec::new();\n    v.push(1);\n}",
    "scala": "object Main extends App {\n  val xs = List(1, 2)\n  xs.map(_ + 1).foreach(println)\n}",
    "shell": 'if [ -z "$X" ]; then\n  export X=1\nfi',
    "sql": "SELECT id, name\nFROM users\nWHERE id = 3;",
    "swift": 'struct A: View {\n    var body: some View {\n        Text("a")\n    }\n}',
    "terraform": 'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\n\nresource "aws_s3_bucket" "c" {\n'
    '  bucket = "y"\n}',
    "typescript": "interface User {\n  id: number;\n  name: string;\n}",
}  # fmt: skip
BEFORE, AFTER = "Hi, can you tell me why this does not work?\n\n", "\n\nThanks, I have no idea what is wrong here."

NO_CODE = {
    "prose": "We met on Monday and went through the plan.\nAnna will write to the client, and Ben\n"
    "looks after the slides; more on Friday.\n",
    "stack trace": 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in <module>\n    main()\n'
    '  File "/srv/app.py", line 9, in main\n    raise ValueError("x")\nValueError: x\n',
    "stack trace of Java": 'Exception in thread "main" java.lang.NullPointerException\n'
    + "\tat com.acme.Main.run(Main.java:12)\n" * 5,
    "shell session": "$ ls -l\ntotal 4\n$ cd src && make\n$ echo $HOME\n/root\n$ git status\n",
    "interpreter session": ">>> x = f(1)\n>>> print(x)\n2\n>>> import os\n>>> os.getcwd()\n'/'\n",
    "log": "2024-05-01 12:00:01,123 INFO pool.worker: task(17) done in 0.23s status=ok\n" * 6,
    "INI": "[server]\nhost = localhost\nport = 8080\n\n[client]\ntimeout = 30\nretry = true\n",
    "TOML": '[project]\nname = "x"\ndependencies = ["a>=1", "b"]\n\n[tool.x]\nselect = ["ALL"]\n',
    "YAML": "name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu\n    steps:\n      - uses: checkout\n",
    "JSON": '{\n  "name": "x",\n  "items": [\n    {"id": 1},\n    {"id": 2}\n  ]\n}\n',
    "CSV": "id,name,amount\n1,Anna,3.50\n2,Ben,4.75\n3,Cleo,9.00\n",
    "table": "| call | means |\n|---|---|\n| `a.b()` | one thing |\n| `c.d(x)` | another |\n| `e.f(y)` | a third |\n",
    "e-mail": "From: Anna <anna@acme.example>\nTo: Ben <ben@acme.example>\nSubject: Plan\n"
    "Content-Type: text/plain; charset=utf-8\n\nHi Ben,\nsee you.\n",
    "changelog": "1.2.0\n-----\n* Add `frob()` to the API.\n* Fix a crash in parse(), see #12.\n* Drop Python 3.8.\n",
}  # fmt: skip


def spans(text: str) -> list[tuple[str, str, int]]:
    data = text.encode()
    return [(data[low:high].decode(), language, lines) for low, high, language, lines in code_spans(data, 0, len(data))]


@pytest.mark.parametrize("language", SNIPPETS)
def test_a_few_lines_between_prose_are_found_whole(language: str) -> None:
    code = SNIPPETS[language]
    filled = sum(bool(line.strip()) for line in code.split("\n"))
    assert spans(BEFORE + code + AFTER) == [(code, language, filled)]


@pytest.mark.parametrize("kind", NO_CODE)
def test_what_is_no_code(kind: str) -> None:
    assert spans(NO_CODE[kind]) == []


@pytest.mark.parametrize("language", ["python", "javascript", "sql", "rust"])
def test_a_fence_names_the_language(language: str) -> None:
    text = f"See:\n```{language}\nx\ny\nz\n```\nThat is all."
    assert spans(text) == [("x\ny\nz", language, 3)]


@pytest.mark.parametrize("tag", ["json", "console", "text", "yaml"])
def test_a_fence_names_what_is_no_code(tag: str) -> None:
    assert spans(f"```{tag}\n{SNIPPETS['python']}\n```\n") == []


def test_a_fence_without_a_word_is_judged_by_its_lines() -> None:
    assert spans(f"See:\n```\n{SNIPPETS['java']}\n```\n") == [(SNIPPETS["java"], "java", 4)]
    assert spans("See:\n```\nplain words\nand more of them\nand more\n```\n") == []


def test_two_lines_are_too_few() -> None:
    assert spans(BEFORE + "x = f(1)\nreturn x" + AFTER) == []


def test_comments_and_docstrings_belong() -> None:
    code = (
        'def f(x):\n    """Say what it does.\n\n'
        '    In many words that are plain prose, as they are in documentation.\n    """\n    # and a word\n'
        "    y = g(x)\n    return y.z(1)"
    )
    assert spans(BEFORE + code + AFTER) == [(code, "python", 7)]


def test_two_languages_apart_are_two_runs() -> None:
    text = SNIPPETS["python"] + AFTER + "\n\nIt is called from here, as you can see below.\n\n" + SNIPPETS["go"]
    assert [language for _, language, _ in spans(text)] == ["python", "go"]


def test_a_long_run_is_one_with_all_its_lines() -> None:
    code = "\n\n".join(
        f"def f{n}(x):\n    y = x + {n}\n    if y is None:\n        return f(y)\n    return y" for n in range(500)
    )
    assert spans(BEFORE + code + AFTER) == [(code, "python", 2_500)]


def test_a_fence_in_the_midst_of_a_long_text_is_seen() -> None:
    code = "\n\n".join(f"def f{n}(x):\n    return x.call({n})" for n in range(300))
    text = f"{code}\n```json\n" + '{"a": 1}\n' * 50 + f"```\n{code}"
    assert [found for found, _, _ in spans(text)] == [code, code]


def test_only_the_segment_is_read() -> None:
    code = SNIPPETS["python"].encode()
    data = b"x" * 10 + code + b"\nimport os"
    assert [(s.start, s.end) for s in code_spans(data, 10, 10 + len(code))] == [(10, 10 + len(code))]


def test_long_lines_are_data() -> None:
    assert spans(("var a=function(b){return b.c(d)};" * 100 + "\n") * 4) == []


def _gives_whole_lines_in_order(data: bytes) -> None:
    last = 0
    for start, end, language, lines in code_spans(data, 0, len(data)):
        assert last <= start < end <= len(data)
        assert start == 0 or data[start - 1 : start] == b"\n"
        assert end == len(data) or data[end : end + 1] == b"\n"
        assert language
        assert 0 < lines <= data[start:end].count(b"\n") + 1
        last = end


@given(st.binary(max_size=2_000))
def test_any_bytes_give_whole_lines_in_order(data: bytes) -> None:
    _gives_whole_lines_in_order(data)


@given(st.lists(st.sampled_from([*SNIPPETS.values(), *NO_CODE.values(), "```", "~~~ x", '"""', "/*", "<!--", "\n"])))
def test_any_mixture_gives_whole_lines_in_order(parts: list[str]) -> None:
    _gives_whole_lines_in_order("\n".join(parts).encode())


@pytest.mark.parametrize(
    "unit", ["/*\n", "'''\n\n", '"""\nx\n', "(\n", "x = 1\n", "```\n", "f(a);\n", "=begin\n", "[a]\n"]
)
def test_work_is_bounded(unit: str) -> None:
    data = unit.encode() * (500_000 // len(unit))
    begin = time.process_time()
    code_spans(data, 0, len(data))
    assert time.process_time() - begin < 0.25


def test_equal_texts_give_equal_answers() -> None:
    text = "".join(Random(1).choices([*SNIPPETS.values(), *NO_CODE.values()], k=50)).encode()
    assert code_spans(text, 0, len(text)) == code_spans(text, 0, len(text))
