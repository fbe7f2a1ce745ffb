"""Hatch build hook: compile the C extensions (cffi API mode) into the runtime package."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

RUNTIME = Path(__file__).parent


class ExtensionBuildHook(BuildHookInterface[Any]):
    """Runs on wheel and editable builds alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the extensions into the wheel with this interpreter's tag."""
        sys.path.insert(0, str(RUNTIME))
        from aigov_runtime.core.build import compile_core
        from aigov_runtime.native.build import compile_native

        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for extension in (compile_core(RUNTIME), compile_native(RUNTIME)):
            build_data["force_include"][str(extension)] = str(extension.relative_to(RUNTIME))
