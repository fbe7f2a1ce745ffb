"""Settings: dotenv, YAML, JSON, TOML, INI, XML, properties, Terraform, containers."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier
from corpora.accuracy.carriers.escapes import in_json, in_xml, indented

DEV = (
    Carrier("dotenv", "APP_ENV=production\nLOG_LEVEL=info\n«NAME»=«value»\nPORT=80«n»\n", SECRET),
    Carrier(
        "yaml",
        'service:\n  name: «word»\n  replicas: «n»\n  «name»: "«value»"\n  region: eu-west-1\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "json",
        '{\n  "debug": false,\n  "workers": «n»,\n  "«camel»": "«value»",\n  "timeout": 30\n}\n',
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier("toml", '[«word»]\nenabled = true\n«name» = "«value»"\nretries = «n»\n', ANY),
    Carrier("ini", "[«word»]\nhost = localhost\n«name» = «value»\nmax = «n»\n", ANY),
    Carrier(
        "docker compose",
        "services:\n  «word»:\n    image: «word»:1.«n»\n    environment:\n      - «NAME»=«value»\n      - TZ=UTC\n",
        SECRET,
    ),
    Carrier(
        "yaml block",
        "kind: ConfigMap\ndata:\n  «kebab»: |\n    «value»\n  mode: strict\n",
        SECRET,
        escape=indented,
        block=True,
    ),
    Carrier("xml", "<config>\n  <«camel»>«value»</«camel»>\n  <threads>«n»</threads>\n</config>\n", ANY, escape=in_xml),
)

HELD_OUT = (
    Carrier(
        "shell profile",
        "# machine of the «word» team\nexport EDITOR=vim\nexport «NAME»='«value»'\nalias ll='ls -l'\n",
        SECRET,
    ),
    Carrier("helm values", "«word»:\n  enabled: true\n  config:\n    «camel»: «value»\n    port: 80«n»\n", ANY),
    Carrier(
        "settings json",
        '{"«word»": {"env": {"«NAME»": "«value»", "LANG": "C.UTF-8"}, "args": ["--port", "80«n»"]}}',
        SECRET,
        escape=in_json,
        block=True,
    ),
    Carrier("pyproject", '[tool.«word»]\nlevel = «n»\n«kebab» = "«value»"\n\n[tool.other]\nstrict = true\n', ANY),
    Carrier("properties", "«word».timeout=«n»\n«word».«kebab»=«value»\n«word».mode=batch\n", ANY),
    Carrier(
        "terraform",
        'variable "region" {\n  default = "eu-central-1"\n}\n\nlocals {\n  «name» = "«value»"\n  count = «n»\n}\n',
        SECRET,
    ),
    Carrier("ansible", "- hosts: «word»\n  vars:\n    «name»: «value»\n    forks: «n»\n  roles:\n    - base\n", SECRET),
    Carrier(
        "plist",
        "<dict>\n\t<key>«Camel»</key>\n\t<string>«value»</string>\n\t<key>Count</key>\n\t<integer>«n»</integer>\n</dict>\n",
        ANY,
        escape=in_xml,
    ),
    Carrier(
        "github workflow",
        "jobs:\n  build:\n    runs-on: ubuntu-24.04\n    env:\n      «NAME»: «value»\n    steps:\n      - uses: actions/checkout@v4\n",
        SECRET,
    ),
)
