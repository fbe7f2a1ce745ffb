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
    "python": """\
import json
from pathlib import Path


def @V_@N(path: Path, limit: int = 10) -> list[dict]:
    @Ns = json.loads(path.read_text())
    return [@N for @N in @Ns if @N['size'] < limit]
""",
    "javascript": """\
const @Ns = new Map();

export async function @V@C(id) {
  const res = await fetch(`/api/@Ns/${id}`);
  if (!res.ok) throw new Error('no @N');
  @Ns.set(id, await res.json());
  return @Ns.get(id);
}
""",
    "typescript": """\
interface @C {
  id: number;
  tags: string[];
}

export function @V@C(@Ns: @C[], tag: string): @C | undefined {
  return @Ns.find((@N) => @N.tags.includes(tag));
}
""",
    "java": """\
package com.acme.@Ns;

import java.util.List;

public final class @CService {
    private final List<@C> @Ns;

    public @C @V(int id) {
        return @Ns.stream().filter(n -> n.id() == id).findFirst().orElseThrow();
    }
}
""",
    "c": """\
#include <stdio.h>
#include <stdlib.h>

static int @V_@N(struct @N *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i].used == 0)
            return (int)i;
    }
    return -1;
}
""",
    "cpp": """\
#include <vector>
#include <string>

namespace @Ns {
template <typename T>
std::vector<T> @V(const std::vector<T>& in, std::size_t n) {
  std::vector<T> out;
  for (const auto& @N : in) if (out.size() < n) out.push_back(@N);
  return out;
}
}  // namespace @Ns
""",
    "csharp": """\
using System.Collections.Generic;
using System.Linq;

namespace Acme.@C;

public class @CStore
{
    private readonly Dictionary<int, @C> _@Ns = new();

    public @C? @X(int id) => _@Ns.TryGetValue(id, out var found) ? found : null;
}
""",
    "go": """\
package @Ns

import "fmt"

func @X@C(id int, all map[int]*@C) (*@C, error) {
\t@N, ok := all[id]
\tif !ok {
\t\treturn nil, fmt.Errorf("@N %d: not found", id)
\t}
\treturn @N, nil
}
""",
    "rust": """\
use std::collections::HashMap;

pub struct @C {
    id: u64,
}

impl @C {
    pub fn @V(all: &HashMap<u64, @C>, id: u64) -> Option<&@C> {
        all.get(&id).filter(|@N| @N.id > 0)
    }
}
""",
    "php": """\
<?php

class @CRepository
{
    private array $@Ns = [];

    public function @V(int $id): ?array
    {
        return $this->@Ns[$id] ?? null;
    }
}
""",
    "ruby": """\
require 'json'

class @CLoader
  attr_reader :@Ns

  def @V(path)
    @Ns = JSON.parse(File.read(path))
    @Ns.select { |@N| @N['open'] }.each do |@N|
      puts @N['id']
    end
  end
end
""",
    "swift": """\
import Foundation

struct @C: Codable {
    let id: Int
    var tags: [String] = []
}

func @V@C(_ data: Data) throws -> [@C] {
    let @Ns = try JSONDecoder().decode([@C].self, from: data)
    return @Ns.filter { !$0.tags.isEmpty }
}
""",
    "kotlin": """\
package com.acme.@Ns

data class @C(val id: Int, val tags: List<String> = emptyList())

fun @V@C(@Ns: List<@C>, tag: String): @C? {
    val open = @Ns.filter { tag in it.tags }
    return open.firstOrNull()
}
""",
    "scala": """\
package acme.@Ns

case class @C(id: Int, tags: Seq[String])

object @C {
  def @V(@Ns: Seq[@C], tag: String): Option[@C] =
    @Ns.find(_.tags.contains(tag))
}
""",
    "sql": """\
CREATE TABLE @Ns (
  id bigint PRIMARY KEY,
  state text NOT NULL,
  created_at timestamptz DEFAULT now()
);

SELECT state, count(*)
FROM @Ns
WHERE created_at > now() - interval '7 days'
GROUP BY state
ORDER BY 2 DESC;
""",
    "shell": """\
#!/usr/bin/env bash
set -euo pipefail

@Ns="${1:-/var/lib/@Ns}"
for f in "$@Ns"/*.log; do
  if [ -s "$f" ]; then
    gzip -9 "$f"
  fi
done
echo "done"
""",
    "r": """\
library(dplyr)

@V_@N <- function(df, limit = 10) {
  df %>%
    filter(size < limit) %>%
    group_by(state) %>%
    summarise(n = n())
}
""",
    "lua": """\
local M = {}

function M.@V(@Ns, limit)
  local out = {}
  for i, @N in ipairs(@Ns) do
    if @N.size < limit then
      out[#out + 1] = @N
    end
  end
  return out
end

return M
""",
    "perl": """\
use strict;
use warnings;

sub @V_@N {
    my ($@Ns, $limit) = @_;
    my @open = grep { $_->{size} < $limit } @{$@Ns};
    return scalar @open;
}

1;
""",
    "haskell": """\
module @C where

import qualified Data.Map as Map

data @C = @C { ident :: Int, tags :: [String] }

@V :: Map.Map Int @C -> Int -> Maybe @C
@V all key = do
  found <- Map.lookup key all
  if null (tags found) then Nothing else Just found
""",
}


def _program(language: str, draw: Draw) -> str:
    noun, verb = draw.choice(_NOUNS), draw.choice(_VERBS)
    names = {"@Ns": noun + "s", "@N": noun, "@C": noun.title(), "@V": verb, "@X": verb.title()}
    return re.sub(r"@Ns|@[NCVX]", lambda found: names[found[0]], _PROGRAMS[language]).rstrip("\n")


def _value(language: str) -> Value:
    return Value(
        "code.source_code",
        (f"{language} code",),
        lambda draw: _program(language, draw),
        Family.PASSAGE,
        block=True,
        judged=("source_code",),
    )


VALUES = tuple(_value(language) for language in _PROGRAMS)
