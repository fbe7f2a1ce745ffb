"""The patched client libraries of this process: those that are imported, and those that will be.

A patch is a wrapper that asks for the decider in force at each call, so it may be replaced, or gone, at any time.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from aigov_enforcers.governing.decider import Decider
from aigov_enforcers.sdk.transports import MODULES, patches


class Hook:
    """`decider` may be replaced at any time.

    Raises RuntimeError when a library that is imported already is of a version that cannot be governed.
    """

    def __init__(self, decider: Decider) -> None:
        self.decider: Decider | None = decider
        self._patched: list[tuple[Any, str, Any, Any]] = []
        self._lock = threading.RLock()
        self._finder = _Finder(self)
        sys.meta_path.insert(0, self._finder)  # first, so nothing is imported unseen meanwhile
        try:
            for name in MODULES:
                if name in sys.modules:
                    self.patch(name, import_module(name))  # which waits while another thread is importing it
        except BaseException:
            self.remove()
            raise

    def patch(self, name: str, module: Any) -> None:
        """Patch a module that was imported."""
        with self._lock:
            if self.decider is None:
                return
            for owner, attribute, wrap in patches(name, module):
                original = getattr(owner, attribute)
                if any(original is wrapper for _, _, _, wrapper in self._patched):
                    continue  # `httpx2.alias_httpx` makes two names of one
                wrapper = wrap(original, lambda: self.decider)
                setattr(owner, attribute, wrapper)
                self._patched.append((owner, attribute, original, wrapper))

    def remove(self) -> None:
        """Take the hook out. Where somebody patched over it, it stays as a pass-through."""
        with self._lock:
            self.decider = None
            if self._finder in sys.meta_path:
                sys.meta_path.remove(self._finder)
            for owner, attribute, original, wrapper in reversed(self._patched):
                if getattr(owner, attribute) is wrapper:
                    setattr(owner, attribute, original)
            self._patched.clear()


class _Finder:
    """Lets others find a module, and has it patched once it is loaded."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._looking = threading.local()

    def find_spec(self, name: str, *_about: Any) -> ModuleSpec | None:
        if name not in MODULES or getattr(self._looking, "now", False):
            return None
        self._looking.now = True
        try:
            spec = find_spec(name)
        finally:
            self._looking.now = False
        if spec is not None and spec.loader is not None:
            _after(spec.loader, self._hook, name)
        return spec


def _after(loader: Any, hook: Hook, name: str) -> None:
    """Have the module patched when this loader has loaded it. A loader is made for one import."""
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        load(module)
        hook.patch(name, module)

    loader.exec_module = exec_module
