"""Source code in ten languages."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier
from corpora.accuracy.carriers.escapes import in_json, in_sql

DEV = (
    Carrier(
        "python",
        """\
from app import «Camel»Client

«NAME» = "«value»"
client = «Camel»Client(«NAME», timeout=«n»)
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "javascript",
        """\
const retries = «n»;
const «camel» = '«value»';
connect({ «camel», retries });
""",
        ANY,
        escape=in_sql,
    ),
    Carrier(
        "go",
        """\
func main() {
\t«camel» := "«value»"
\tclient := New«Camel»(«camel», «n»)
\tclient.Run()
}
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "java",
        """\
public final class Config {
    private static final String «NAME» = "«value»";
    static final int SIZE = «n»;
}
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "ruby",
        """\
«Camel».configure do |config|
  config.«name» = '«value»'
  config.pool = «n»
end
""",
        SECRET,
        escape=in_sql,
    ),
    Carrier(
        "python comment",
        """\
def run(size=«n»):
    # «noun» is «value», move it to the vault
    return size
""",
        ANY,
    ),
)

HELD_OUT = (
    Carrier(
        "typescript",
        """\
export const settings: Settings = {
  attempts: «n»,
  «camel»: "«value»",
};
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "php",
        """\
<?php
return [
    'limit' => «n»,
    '«name»' => '«value»',
];
""",
        ANY,
        escape=in_sql,
    ),
    Carrier(
        "rust",
        """\
const LIMIT: usize = «n»;
static «NAME»: &str = "«value»";

fn main() {
    run(«NAME», LIMIT);
}
""",
        ANY,
    ),
    Carrier(
        "csharp",
        """\
var options = new Options
{
    Retries = «n»,
    «Camel» = "«value»",
};
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "kotlin",
        """\
object Env {
    const val «NAME» = "«value»"
    const val LIMIT = «n»
}
""",
        ANY,
    ),
    Carrier(
        "python call",
        """\
session = Session(retries=«n»)
session.login(«name»="«value»")
session.close()
""",
        ANY,
        escape=in_json,
    ),
    Carrier(
        "powershell",
        """\
$limit = «n»
$«Camel» = '«value»'
Invoke-Deploy -Limit $limit
""",
        ANY,
        escape=in_sql,
    ),
    Carrier(
        "test fixture",
        """\
it('logs in', async () => {
  const res = await login({ «camel»: `«value»`, attempts: «n» });
  expect(res.ok).toBe(true);
});
""",
        ANY,
    ),
)
