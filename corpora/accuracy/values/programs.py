"""Source code in twenty languages: short programs with names drawn at random."""

from __future__ import annotations

import re

from corpora.accuracy.draw import Draw
from corpora.accuracy.values.value import Family, Value

_NOUNS = (
    "order",
    "invoice",
    "packet",
    "session",
    "bucket",
    "frame",
    "ticket",
    "record",
    "widget",
    "route",
    "sample",
    "batch",
)
_VERBS = (
    "load",
    "merge",
    "filter",
    "render",
    "collect",
    "parse",
    "build",
    "flush",
    "resolve",
    "count",
    "update",
    "split",
)

_PROGRAMS = {
    "python": "import json\nfrom pathlib import Path\n\n\ndef @V_@N(path: Path, limit: int = 10) -> list[dict]:\n    @Ns = json.loads(path.read_text())\n    return [@N for @N in @Ns if @N['size'] < limit]\n",
    "javascript": "const @Ns = new Map();\n\nexport async function @V@C(id) {\n  const res = await fetch(`/api/@Ns/${id}`);\n  if (!res.ok) throw new Error('no @N');\n  @Ns.set(id, await res.json());\n  return @Ns.get(id);\n}\n",
    "typescript": "interface @C {\n  id: number;\n  tags: string[];\n}\n\nexport function @V@C(@Ns: @C[], tag: string): @C | undefined {\n  return @Ns.find((@N) => @N.tags.includes(tag));\n}\n",
    "java": "package com.acme.@Ns;\n\nimport java.util.List;\n\npublic final class @CService {\n    private final List<@C> @Ns;\n\n    public @C @V(int id) {\n        return @Ns.stream().filter(n -> n.id() == id).findFirst().orElseThrow();\n    }\n}\n",
    "c": "#include <stdio.h>\n#include <stdlib.h>\n\nstatic int @V_@N(struct @N *p, size_t n)\n{\n    for (size_t i = 0; i < n; i++) {\n        if (p[i].used == 0)\n            return (int)i;\n    }\n    return -1;\n}\n",
    "cpp": "#include <vector>\n#include <string>\n\nnamespace @Ns {\ntemplate <typename T>\nstd::vector<T> @V(const std::vector<T>& in, std::size_t n) {\n  std::vector<T> out;\n  for (const auto& @N : in) if (out.size() < n) out.push_back(@N);\n  return out;\n}\n}  // namespace @Ns\n",
    "csharp": "using System.Collections.Generic;\nusing System.Linq;\n\nnamespace Acme.@C;\n\npublic class @CStore\n{\n    private readonly Dictionary<int, @C> _@Ns = new();\n\n    public @C? @X(int id) => _@Ns.TryGetValue(id, out var found) ? found : null;\n}\n",
    "go": 'package @Ns\n\nimport "fmt"\n\nfunc @X@C(id int, all map[int]*@C) (*@C, error) {\n\t@N, ok := all[id]\n\tif !ok {\n\t\treturn nil, fmt.Errorf("@N %d: not found", id)\n\t}\n\treturn @N, nil\n}\n',
    "rust": "use std::collections::HashMap;\n\npub struct @C {\n    id: u64,\n}\n\nimpl @C {\n    pub fn @V(all: &HashMap<u64, @C>, id: u64) -> Option<&@C> {\n        all.get(&id).filter(|@N| @N.id > 0)\n    }\n}\n",
    "php": "<?php\n\nclass @CRepository\n{\n    private array $@Ns = [];\n\n    public function @V(int $id): ?array\n    {\n        return $this->@Ns[$id] ?? null;\n    }\n}\n",
    "ruby": "require 'json'\n\nclass @CLoader\n  attr_reader :@Ns\n\n  def @V(path)\n    @Ns = JSON.parse(File.read(path))\n    @Ns.select { |@N| @N['open'] }.each do |@N|\n      puts @N['id']\n    end\n  end\nend\n",
    "swift": "import Foundation\n\nstruct @C: Codable {\n    let id: Int\n    var tags: [String] = []\n}\n\nfunc @V@C(_ data: Data) throws -> [@C] {\n    let @Ns = try JSONDecoder().decode([@C].self, from: data)\n    return @Ns.filter { !$0.tags.isEmpty }\n}\n",
    "kotlin": "package com.acme.@Ns\n\ndata class @C(val id: Int, val tags: List<String> = emptyList())\n\nfun @V@C(@Ns: List<@C>, tag: String): @C? {\n    val open = @Ns.filter { tag in it.tags }\n    return open.firstOrNull()\n}\n",
    "scala": "package acme.@Ns\n\ncase class @C(id: Int, tags: Seq[String])\n\nobject @C {\n  def @V(@Ns: Seq[@C], tag: String): Option[@C] =\n    @Ns.find(_.tags.contains(tag))\n}\n",
    "sql": "CREATE TABLE @Ns (\n  id bigint PRIMARY KEY,\n  state text NOT NULL,\n  created_at timestamptz DEFAULT now()\n);\n\nSELECT state, count(*)\nFROM @Ns\nWHERE created_at > now() - interval '7 days'\nGROUP BY state\nORDER BY 2 DESC;\n",
    "shell": '#!/usr/bin/env bash\nset -euo pipefail\n\n@Ns="${1:-/var/lib/@Ns}"\nfor f in "$@Ns"/*.log; do\n  if [ -s "$f" ]; then\n    gzip -9 "$f"\n  fi\ndone\necho "done"\n',
    "r": "library(dplyr)\n\n@V_@N <- function(df, limit = 10) {\n  df %>%\n    filter(size < limit) %>%\n    group_by(state) %>%\n    summarise(n = n())\n}\n",
    "lua": "local M = {}\n\nfunction M.@V(@Ns, limit)\n  local out = {}\n  for i, @N in ipairs(@Ns) do\n    if @N.size < limit then\n      out[#out + 1] = @N\n    end\n  end\n  return out\nend\n\nreturn M\n",
    "perl": "use strict;\nuse warnings;\n\nsub @V_@N {\n    my ($@Ns, $limit) = @_;\n    my @open = grep { $_->{size} < $limit } @{$@Ns};\n    return scalar @open;\n}\n\n1;\n",
    "haskell": "module @C where\n\nimport qualified Data.Map as Map\n\ndata @C = @C { ident :: Int, tags :: [String] }\n\n@V :: Map.Map Int @C -> Int -> Maybe @C\n@V all key = do\n  found <- Map.lookup key all\n  if null (tags found) then Nothing else Just found\n",
}  # fmt: skip


def _program(language: str, draw: Draw) -> str:
    noun, verb = draw.choice(_NOUNS), draw.choice(_VERBS)
    names = {"@Ns": noun + "s", "@N": noun, "@C": noun.title(), "@V": verb, "@X": verb.title()}
    return re.sub(r"@Ns|@[NCVX]", lambda found: names[found[0]], _PROGRAMS[language]).rstrip("\n")


def _value(language: str) -> Value:
    return Value(
        f"code.{language}",
        (f"{language} code",),
        lambda draw: _program(language, draw),
        Family.PASSAGE,
        block=True,
        judged=("source_code",),
    )


VALUES = tuple(_value(language) for language in _PROGRAMS)
