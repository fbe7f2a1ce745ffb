"""Settings: dotenv, YAML, JSON, TOML, INI, XML, properties, Terraform, containers."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier
from corpora.accuracy.carriers.escapes import in_json, in_xml, indented

DEV = (
    Carrier(
        "dotenv",
        """\
APP_ENV=production
LOG_LEVEL=info
«NAME»=«value»
PORT=80«n»
""",
        SECRET,
    ),
    Carrier(
        "yaml",
        """\
service:
  name: «word»
  replicas: «n»
  «name»: "«value»"
  region: eu-west-1
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "json",
        """\
{
  "debug": false,
  "workers": «n»,
  "«camel»": "«value»",
  "timeout": 30
}
""",
        ANY,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "toml",
        """\
[«word»]
enabled = true
«name» = "«value»"
retries = «n»
""",
        ANY,
    ),
    Carrier(
        "ini",
        """\
[«word»]
host = localhost
«name» = «value»
max = «n»
""",
        ANY,
    ),
    Carrier(
        "docker compose",
        """\
services:
  «word»:
    image: «word»:1.«n»
    environment:
      - «NAME»=«value»
      - TZ=UTC
""",
        SECRET,
    ),
    Carrier(
        "yaml block",
        """\
kind: ConfigMap
data:
  «kebab»: |
    «value»
  mode: strict
""",
        SECRET,
        escape=indented,
        block=True,
    ),
    Carrier(
        "xml",
        """\
<config>
  <«camel»>«value»</«camel»>
  <threads>«n»</threads>
</config>
""",
        ANY,
        escape=in_xml,
    ),
)

HELD_OUT = (
    Carrier(
        "shell profile",
        """\
# machine of the «word» team
export EDITOR=vim
export «NAME»='«value»'
alias ll='ls -l'
""",
        SECRET,
    ),
    Carrier(
        "helm values",
        """\
«word»:
  enabled: true
  config:
    «camel»: «value»
    port: 80«n»
""",
        ANY,
    ),
    Carrier(
        "settings json",
        '{"«word»": {"env": {"«NAME»": "«value»", "LANG": "C.UTF-8"}, "args": ["--port", "80«n»"]}}',
        SECRET,
        escape=in_json,
        block=True,
    ),
    Carrier(
        "pyproject",
        """\
[tool.«word»]
level = «n»
«kebab» = "«value»"

[tool.other]
strict = true
""",
        ANY,
    ),
    Carrier(
        "properties",
        """\
«word».timeout=«n»
«word».«kebab»=«value»
«word».mode=batch
""",
        ANY,
    ),
    Carrier(
        "terraform",
        """\
variable "region" {
  default = "eu-central-1"
}

locals {
  «name» = "«value»"
  count = «n»
}
""",
        SECRET,
    ),
    Carrier(
        "ansible",
        """\
- hosts: «word»
  vars:
    «name»: «value»
    forks: «n»
  roles:
    - base
""",
        SECRET,
    ),
    Carrier(
        "plist",
        """\
<dict>
\t<key>«Camel»</key>
\t<string>«value»</string>
\t<key>Count</key>
\t<integer>«n»</integer>
</dict>
""",
        ANY,
        escape=in_xml,
    ),
    Carrier(
        "github workflow",
        """\
jobs:
  build:
    runs-on: ubuntu-24.04
    env:
      «NAME»: «value»
    steps:
      - uses: actions/checkout@v4
""",
        SECRET,
    ),
)
