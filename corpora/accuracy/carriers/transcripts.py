"""What machines wrote: shell sessions, stack traces, logs, HTTP, diffs."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier
from corpora.accuracy.carriers.escapes import added, in_json, in_query

DEV = (
    Carrier(
        "shell session",
        """\
$ cd «word»
$ export «NAME»=«value»
$ make deploy
make: *** [deploy] Error «n»
""",
        SECRET,
    ),
    Carrier(
        "stack trace",
        """\
Traceback (most recent call last):
  File "app/«word».py", line «n», in connect
    raise AuthError(msg)
AuthError: «noun» rejected: '«value»'
""",
        ANY,
    ),
    Carrier(
        "log",
        """\
«date» «time» INFO  «word» starting, pool=«n»
«date» «time» WARN  «word» «name»=«value» retry=«n»
«date» «time» INFO  «word» done
""",
        ANY,
    ),
    Carrier(
        "http request",
        """\
POST /v1/«word» HTTP/1.1
Host: api.internal
Content-Type: application/json

{"«name»": "«value»", "page": «n»}
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "diff",
        """\
diff --git a/«word».env b/«word».env
--- a/«word».env
+++ b/«word».env
@@ -1,3 +1,4 @@
 APP=«word»
+«NAME»=«value»
 SIZE=«n»
""",
        SECRET,
        escape=added,
        block=True,
    ),
    Carrier(
        "curl header",
        """\
curl -X POST https://api.internal/v1/«word» \\
  -H 'x-«kebab»: «value»' \\
  -d '{"size": «n»}'
""",
        SECRET,
    ),
    Carrier(
        "json log",
        '{"ts":"«date»T«time»Z","level":"debug","svc":"«word»","«camel»":"«value»","ms":«n»}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
)

HELD_OUT = (
    Carrier(
        "terminal",
        """\
user@build:~/«word»$ echo $«NAME»
«value»
user@build:~/«word»$ exit
""",
        SECRET,
    ),
    Carrier(
        "java trace",
        """\
Exception in thread "main" java.lang.IllegalStateException: bad «noun» «value»
\tat com.acme.«word».Main.run(Main.java:«n»)
\tat com.acme.«word».Main.main(Main.java:12)
""",
        ANY,
    ),
    Carrier(
        "syslog",
        """\
Nov 24 «time» build-«n» «word»[«id»]: request failed («name»: «value»)
Nov 24 «time» build-«n» «word»[«id»]: giving up
""",
        ANY,
    ),
    Carrier(
        "http response",
        """\
HTTP/1.1 200 OK
Content-Type: application/json; charset=utf-8
X-Request-Count: «n»

{"data":{"«camel»":"«value»"},"next":null}
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "patch",
        """\
@@ -«n»,2 +«n»,2 @@ settings:
-  «name»: ""
+  «name»: "«value»"
   debug: false
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "query string",
        """\
GET /«word»/callback?page=«n»&«name»=«value»&lang=en HTTP/1.1
Host: app.internal

""",
        SECRET,
        escape=in_query,
    ),
    Carrier(
        "ci log",
        """\
##[group]Run deploy
  «word» version 1.«n»
  with «kebab» «value»
##[endgroup]
""",
        ANY,
    ),
    Carrier("logfmt", 'time=«date»T«time»Z level=error svc=«word» «name»="«value»" attempt=«n»\n', ANY, escape=in_json),
)
