"""Writes the BUILD file of every folder with Python modules.

    python tools/dev/build_files.py

A module's target depends on what its imports execute, those inside functions
too: on each module and on the `__init__.py` of each package above it. Left out
are the packages that a library stands in itself, since whoever imports it has
executed them; `tfgan_ref` may so import `tfgan_ref.runtime` without a cycle.
A test depends also on the conftest.py of its folder and of those above, and on
the programs that it starts: in a test, a string that is a module's path or
dotted name counts as an import.
"""

from __future__ import annotations

import ast
import importlib.util
import pathlib

from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard
from tfgan_ref.outputs import write_text

_ROOTS = ("recipes", "tests", "tfgan_ref", "tools")
# These read files of the checkout that are no target's.
_READ_CHECKOUT = (
    "tests/build_test.py",
    "tests/conformance/contract_test.py",
    "tests/portable_test.py",
    "tests/readme_test.py",
    "tests/tools/help_test.py",
    "tests/tools/serving_files_test.py",
    "tests/tools/dev/tutorial_page_test.py",
    "tests/wheel_test.py",
)
# And these take long.
_LONG = (
    "tests/conformance/other_ways_test.py",
    "tests/conformance/outcome_test.py",
)
_HEADER = '"""Written by tools/dev/build_files.py from the imports."""\n\n'


def build_files(root: pathlib.Path) -> dict[str, str]:
    """Makes the text of the BUILD files, one per folder with modules.

    Args:
        root: the checkout's folder.

    Returns:
        dict from a BUILD file's path, relative to `root`, to its text.
    """
    paths = sorted(
        path.relative_to(root)
        for name in _ROOTS
        for path in (root / name).rglob("*.py")
    )
    modules = {_dotted(path): path for path in paths}
    folders = sorted({path.parent for path in paths})
    targets = {path: _target(root, path, modules) for path in paths}
    return {
        f"{folder}/BUILD": _build_file(
            [targets[path] for path in paths if path.parent == folder]
        )
        for folder in folders
    }


def _build_file(targets) -> str:
    kinds = {kind for kind, _, _ in targets}
    loads = [
        (file, sorted(kinds & symbols))
        for file, symbols in (
            ("@rules_python//python:defs.bzl", {"py_binary", "py_library"}),
            ("//tests:pytest.bzl", {"pytest_test"}),
        )
    ]
    head = [
        'load("{}")\n'.format('", "'.join([file, *used]))
        for file, used in loads
        if used
    ]
    head.append('\npackage(default_visibility = ["//visibility:public"])\n')
    if any(name == "run_pytest" for _, name, _ in targets):
        head.append('\nexports_files(["run_pytest.py"])\n')
    return _HEADER + "".join([*head, *(text for _, _, text in targets)])


def _target(root, path, modules) -> tuple[str, str, str]:
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    kind = _kind(path, tree)
    name = path.parent.name if path.stem == "__init__" else path.stem
    used = _imports(tree, _dotted(path.parent / "__init__.py"))
    if kind == "pytest_test":
        used |= _started(tree, modules)
        used |= {_dotted(folder / "conftest.py") for folder in path.parents}
    used = {prefix for module in used for prefix in _prefixes(module)}
    if kind == "py_library":
        used -= set(_prefixes(_dotted(path)))
    used = (used & set(modules)) - {_dotted(path)}
    deps = sorted(
        (_label(modules[module], path.parent) for module in used),
        key=lambda label: (label.startswith("//"), label.replace(":", "!")),
    )
    lines = [f'name = "{name}"', f'srcs = ["{path.name}"]']
    if str(path) in _READ_CHECKOUT:
        lines.append('tags = ["external", "local"]')
    if str(path) in _LONG:
        lines.append('tags = ["external", "local", "manual"]')
    if deps:
        one = f'"{deps[0]}"'
        many = "".join(f'\n        "{label}",' for label in deps) + "\n    "
        lines.append(f"deps = [{one if len(deps) == 1 else many}]")
    body = "".join(f"    {line},\n" for line in lines)
    return kind, name, f"\n{kind}(\n{body})\n"


def _kind(path, tree) -> str:
    if path.stem.endswith("_test"):
        return "pytest_test"
    runs = any(
        isinstance(node, ast.If) and "'__main__'" in ast.unparse(node.test)
        for node in tree.body
    )
    return "py_binary" if runs else "py_library"


def _imports(tree, package) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            module = importlib.util.resolve_name(relative, package)
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def _started(tree, modules) -> set[str]:
    names = {str(path): module for module, path in modules.items()}
    names |= {module: module for module in modules if "." in module}
    constants = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return {names[value] for value in constants if value in names}


def _prefixes(dotted) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _dotted(path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _label(path, folder) -> str:
    if path.parent == folder:
        name = folder.name if path.stem == "__init__" else path.stem
        return f":{name}"
    return f"//{path.parent}" + f":{path.stem}" * (path.stem != "__init__")


def main() -> None:
    """Writes the files of this checkout."""
    Parser(__doc__).parse_args()
    checkout = pathlib.Path(__file__).resolve().parents[2]
    for file, text in build_files(checkout).items():
        write_text(checkout / file, text)


if __name__ == "__main__":
    guard(main)
