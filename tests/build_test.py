"""Holds the BUILD files to the modules and to their imports.

It reads both without tools/dev/build_files.py, so that the tool can be wrong.
"""

import ast
import collections
import functools
import importlib.util
import pathlib

import pytest

from tools.dev import build_files

# Bazel shows a test links to the checkout's files; this one wants them all.
ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDERS = ("recipes", "tests", "tfgan_ref", "tools")
REMEDY = "run `python tools/dev/build_files.py`"

Target = collections.namedtuple("Target", "rule label srcs deps")


@functools.cache
def sources():
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    )


def targets():
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("BUILD")):
            if "bazel_stubs" not in path.parts:
                found += read_build(path)
    return found


def read_build(path):
    package = path.parent.relative_to(ROOT).as_posix()
    for node in ast.parse(path.read_text()).body:
        call = getattr(node, "value", None)
        if not isinstance(call, ast.Call):
            continue
        if not call.func.id.startswith("py"):
            continue
        given = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
        yield Target(
            call.func.id,
            f"//{package}:{given['name']}",
            [f"{package}/{src}" for src in given["srcs"]],
            [full_label(dep, package) for dep in given.get("deps", [])],
        )


def full_label(label, package):
    if label.startswith(":"):
        return f"//{package}{label}"
    if ":" in label:
        return label
    return f"{label}:{label.rpartition('/')[2]}"


def executed(path):
    """The project's files that Python executes when it executes `path`."""
    dotted = path.removesuffix(".py").replace("/", ".")
    names = []
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = dotted.rpartition(".")[0]
                module = importlib.util.resolve_name(
                    "." * node.level + module, package
                )
            names += [f"{module}.{alias.name}" for alias in node.names]
        elif path.endswith("_test.py") and isinstance(node, ast.Constant):
            names += names_program(node.value)
    files = set()
    for name in names:
        folder = ROOT
        for part in name.split("."):
            files |= {folder / f"{part}.py", folder / part / "__init__.py"}
            folder = folder / part
    if path.endswith("_test.py"):
        files |= {parent / "conftest.py" for parent in (ROOT / path).parents}
    return {
        file.relative_to(ROOT).as_posix()
        for file in files
        if file.is_relative_to(ROOT) and file.is_file()
    } - {path}


def names_program(value):
    if not isinstance(value, str):
        return []
    if value in sources():
        value = value.removesuffix(".py").replace("/", ".")
    module = value.replace(".", "/") + ".py"
    return [value] if "." in value and module in sources() else []


@functools.cache
def owners():
    """From a source to the targets that have it."""
    found = collections.defaultdict(list)
    for target in targets():
        for src in target.srcs:
            found[src].append(target)
    return found


def target_of(path):
    found = owners().get(path, [])
    labels = [target.label for target in found]
    assert len(found) == 1, f"{path} needs one target, has {labels}: {REMEDY}"
    return found[0]


def test_every_module_has_one_target_and_every_target_a_module():
    owned = {src: [t.label for t in has] for src, has in owners().items()}
    for path in sources():
        target_of(path)
    for src, labels in owned.items():
        assert (ROOT / src).is_file(), f"{labels}: no {src}: {REMEDY}"


@pytest.mark.parametrize("path", sources())
def test_deps_are_what_the_imports_execute(path):
    target = target_of(path)
    files = executed(path)
    if target.rule == "py_library":
        own = (ROOT / path).parents
        files = {f for f in files if not is_package_of(ROOT / f, own)}
    wanted = {target_of(file).label for file in files}
    missing, extra = wanted - set(target.deps), set(target.deps) - wanted
    assert not missing, f"{path} lacks deps {sorted(missing)}: {REMEDY}"
    assert not extra, f"{path} has needless deps {sorted(extra)}: {REMEDY}"
    assert len(target.deps) == len(set(target.deps)), f"{path}: a dep twice"


def is_package_of(file, parents):
    return file.name == "__init__.py" and file.parent in parents


@pytest.mark.parametrize("path", sources())
def test_rule_is_that_of_what_the_module_is_for(path):
    target = target_of(path)
    runs = 'if __name__ == "__main__":' in (ROOT / path).read_text()
    if path.endswith("_test.py"):
        wanted = "pytest_test"
    else:
        wanted = "py_binary" if runs else "py_library"
    assert target.rule == wanted, f"{path}: {target.rule}, not {wanted}"


def test_build_files_are_as_the_tool_writes_them():
    for file, text in build_files.build_files(ROOT).items():
        assert (ROOT / file).is_file(), f"no {file}: {REMEDY}"
        assert (ROOT / file).read_text() == text, f"{file}: {REMEDY}"
