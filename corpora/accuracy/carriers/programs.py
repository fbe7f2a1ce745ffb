"""Source code in ten languages."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier
from corpora.accuracy.carriers.escapes import in_json, in_sql

DEV = (
    Carrier(
        "python",
        'from app import «Camel»Client\n\n«NAME» = "«value»"\nclient = «Camel»Client(«NAME», timeout=«n»)\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "javascript",
        "const retries = «n»;\nconst «camel» = '«value»';\nconnect({ «camel», retries });\n",
        ANY,
        escape=in_sql,
    ),
    Carrier(
        "go",
        'func main() {\n\t«camel» := "«value»"\n\tclient := New«Camel»(«camel», «n»)\n\tclient.Run()\n}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "java",
        'public final class Config {\n    private static final String «NAME» = "«value»";\n    static final int SIZE = «n»;\n}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "ruby",
        "«Camel».configure do |config|\n  config.«name» = '«value»'\n  config.pool = «n»\nend\n",
        SECRET,
        escape=in_sql,
    ),
    Carrier(
        "python comment", "def run(size=«n»):\n    # «noun» is «value», move it to the vault\n    return size\n", ANY
    ),
)

HELD_OUT = (
    Carrier(
        "typescript",
        'export const settings: Settings = {\n  attempts: «n»,\n  «camel»: "«value»",\n};\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier("php", "<?php\nreturn [\n    'limit' => «n»,\n    '«name»' => '«value»',\n];\n", ANY, escape=in_sql),
    Carrier(
        "rust",
        'const LIMIT: usize = «n»;\nstatic «NAME»: &str = "«value»";\n\nfn main() {\n    run(«NAME», LIMIT);\n}\n',
        ANY,
    ),
    Carrier(
        "csharp",
        'var options = new Options\n{\n    Retries = «n»,\n    «Camel» = "«value»",\n};\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier("kotlin", 'object Env {\n    const val «NAME» = "«value»"\n    const val LIMIT = «n»\n}\n', ANY),
    Carrier(
        "python call",
        'session = Session(retries=«n»)\nsession.login(«name»="«value»")\nsession.close()\n',
        ANY,
        escape=in_json,
    ),
    Carrier("powershell", "$limit = «n»\n$«Camel» = '«value»'\nInvoke-Deploy -Limit $limit\n", ANY, escape=in_sql),
    Carrier(
        "test fixture",
        "it('logs in', async () => {\n  const res = await login({ «camel»: `«value»`, attempts: «n» });\n  expect(res.ok).toBe(true);\n});\n",
        ANY,
    ),
)
