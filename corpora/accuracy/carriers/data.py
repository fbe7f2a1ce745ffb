"""Records: CSV, SQL dumps, notebooks, chat exports, tool calls."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, Carrier
from corpora.accuracy.carriers.escapes import in_csv, in_json, in_json_twice, in_sql

DEV = (
    Carrier(
        "csv",
        """\
id,status,«name»,opened
«id»,open,"«value»",«date»
""",
        ANY,
        escape=in_csv,
    ),
    Carrier(
        "sql dump",
        """\
INSERT INTO accounts (id, state, «name», created) VALUES
(«id», 'active', '«value»', '«date»');
""",
        ANY,
        escape=in_sql,
    ),
    Carrier(
        "notebook",
        """\
{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": «n»,
   "source": [
    "limit = «n»\\n",
    "«name» = \\"«value»\\"\\n"
   ]
  }
 ],
 "nbformat": 4
}
""",
        ANY,
        escape=in_json_twice,
        block=True,
    ),
    Carrier(
        "jsonl",
        '{"id": «id», "state": "open", "«name»": "«value»", "opened": "«date»"}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
)

HELD_OUT = (
    Carrier(
        "tsv",
        """\
id\t«name»\tstatus
«id»\t«value»\topen
""",
        ANY,
    ),
    Carrier(
        "sql update",
        "UPDATE accounts SET «name» = '«value»', changed = '«date»' WHERE id = «id»;\n",
        ANY,
        escape=in_sql,
    ),
    Carrier(
        "notebook output",
        '{"cell_type": "code", "outputs": [{"name": "stdout", "output_type": "stream", "text": ["«noun»: «value»\\n", "rows: «n»\\n"]}], "source": ["show()"]}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "tool call",
        '{"role": "assistant", "tool_calls": [{"id": "call_«id»", "type": "function", "function": {"name": "update_«word»", "arguments": "{\\"«name»\\": \\"«value»\\", \\"size\\": «n»}"}}]}',
        ANY,
        escape=in_json_twice,
        block=True,
    ),
    Carrier(
        "key value lines",
        """\
id        : «id»
«noun»    : «value»
opened    : «date»
""",
        ANY,
    ),
)
