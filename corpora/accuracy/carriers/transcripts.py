"""What machines wrote: shell sessions, stack traces, logs, HTTP, diffs."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier
from corpora.accuracy.carriers.escapes import added, in_json, in_query

DEV = (
    Carrier(
        "shell session", "$ cd «word»\n$ export «NAME»=«value»\n$ make deploy\nmake: *** [deploy] Error «n»\n", SECRET
    ),
    Carrier(
        "stack trace",
        "Traceback (most recent call last):\n  File \"app/«word».py\", line «n», in connect\n    raise AuthError(msg)\nAuthError: «noun» rejected: '«value»'\n",
        ANY,
    ),
    Carrier(
        "log",
        "«date» «time» INFO  «word» starting, pool=«n»\n«date» «time» WARN  «word» «name»=«value» retry=«n»\n«date» «time» INFO  «word» done\n",
        ANY,
    ),
    Carrier(
        "http request",
        'POST /v1/«word» HTTP/1.1\nHost: api.internal\nContent-Type: application/json\n\n{"«name»": "«value»", "page": «n»}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "diff",
        "diff --git a/«word».env b/«word».env\n--- a/«word».env\n+++ b/«word».env\n@@ -1,3 +1,4 @@\n APP=«word»\n+«NAME»=«value»\n SIZE=«n»\n",
        SECRET,
        escape=added,
        block=True,
    ),
    Carrier(
        "curl header",
        "curl -X POST https://api.internal/v1/«word» \\\n  -H 'x-«kebab»: «value»' \\\n  -d '{\"size\": «n»}'\n",
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
    Carrier("terminal", "user@build:~/«word»$ echo $«NAME»\n«value»\nuser@build:~/«word»$ exit\n", SECRET),
    Carrier(
        "java trace",
        'Exception in thread "main" java.lang.IllegalStateException: bad «noun» «value»\n\tat com.acme.«word».Main.run(Main.java:«n»)\n\tat com.acme.«word».Main.main(Main.java:12)\n',
        ANY,
    ),
    Carrier(
        "syslog",
        "Nov 24 «time» build-«n» «word»[«id»]: request failed («name»: «value»)\nNov 24 «time» build-«n» «word»[«id»]: giving up\n",
        ANY,
    ),
    Carrier(
        "http response",
        'HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\nX-Request-Count: «n»\n\n{"data":{"«camel»":"«value»"},"next":null}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "patch",
        '@@ -«n»,2 +«n»,2 @@ settings:\n-  «name»: ""\n+  «name»: "«value»"\n   debug: false\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "query string",
        "GET /«word»/callback?page=«n»&«name»=«value»&lang=en HTTP/1.1\nHost: app.internal\n\n",
        SECRET,
        escape=in_query,
    ),
    Carrier("ci log", "##[group]Run deploy\n  «word» version 1.«n»\n  with «kebab» «value»\n##[endgroup]\n", ANY),
    Carrier("logfmt", 'time=«date»T«time»Z level=error svc=«word» «name»="«value»" attempt=«n»\n', ANY, escape=in_json),
)
