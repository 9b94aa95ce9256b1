"""Which tests are those of a module."""

from __future__ import annotations

import ast
import functools
import pathlib


def of(root: pathlib.Path, module: pathlib.Path) -> tuple[str, ...]:
    """The test files of a module.

    Those of its name, where tests/ mirrors the tree; else those that import
    it and those of the modules that import it; else all beside where its own
    would be.

    Args:
        root: the checkout's folder.
        module: path relative to it.

    Returns:
        Paths relative to `root`, the smallest file first.
    """
    found = _of(root, module, frozenset()) or _beside(root, module, "*_test.py")
    return tuple(
        str(path.relative_to(root))
        for path in sorted(found, key=lambda path: (path.stat().st_size, path))
    )


@functools.cache
def _of(root, module, asked):
    return _mirrored(root, module) or _importing(
        root, "tests", module, "*_test.py"
    ).union(
        *(
            _of(root, importer.relative_to(root), asked | {module})
            for folder in ("tfgan_ref", "recipes")
            for importer in _importing(root, folder, module, "*.py")
            if importer.relative_to(root) not in asked
        )
    )


def _mirrored(root, module):
    return _beside(root, module, f"{module.stem}_test.py") | _beside(
        root, module, f"{module.stem}_*_test.py"
    )


def _beside(root, module, pattern):
    inner = "tfgan_ref" if module.parts[0] == "tfgan_ref" else "."
    folder = root / "tests" / module.parent.relative_to(inner)
    return frozenset(folder.glob(pattern))


def _importing(root, folder, module, pattern):
    dotted = ".".join(module.with_suffix("").parts).removesuffix(".__init__")
    return frozenset(
        path
        for path in (root / folder).rglob(pattern)
        if dotted in _imports(path)
    )


@functools.cache
def _imports(path):
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{a.name}" for a in node.names)
            names.add(node.module)
    return names
