"""Nothing that Linux alone has is needed where users' modules are imported."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Of the standard library, by its documentation: not on macOS.
MODULES = {"msvcrt", "ossaudiodev", "spwd", "winreg"}
FUNCTIONS = {
    "os": {
        *("copy_file_range", "eventfd", "getrandom", "memfd_create"),
        *("pidfd_open", "posix_fadvise", "posix_fallocate"),
        *("sched_getaffinity", "sched_setaffinity", "splice", "unshare"),
        *("O_DIRECT", "O_PATH", "O_TMPFILE", "O_NOATIME", "listxattr"),
    },
    "signal": {"pidfd_send_signal", "sigtimedwait", "sigwaitinfo", "SIGPOLL"},
    "select": {"epoll"},
    "time": {"clock_settime_ns"},
}


def users_modules():
    return [
        path
        for folder in ("tfgan_ref", "recipes", "tools")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "dev" not in path.relative_to(ROOT).parts
    ]


def linux_alone(tree):
    """What a module uses of Linux, where it has not asked for it by name."""
    asked = {
        call.args[1].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("hasattr", "getattr")
        and isinstance(call.args[1], ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            yield from MODULES & {node.module}
            yield from FUNCTIONS.get(node.module, set()) & names
        elif isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", "")
            if node.attr in FUNCTIONS.get(owner, set()) - asked:
                yield f"{owner}.{node.attr}"


def test_no_module_of_users_needs_linux():
    found = {
        str(path.relative_to(ROOT)): sorted(names)
        for path in users_modules()
        if (names := set(linux_alone(ast.parse(path.read_text()))))
    }
    assert not found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import spwd", ["spwd"]),
        ("from os import posix_fadvise", ["posix_fadvise"]),
        ("import os\nos.sched_getaffinity(0)", ["os.sched_getaffinity"]),
        (
            "if hasattr(os, 'sched_getaffinity'): os.sched_getaffinity(0)",
            [],
        ),
        ("import fcntl, os, resource\nos.pread(0, 1, 2)", []),
    ],
)
def test_what_is_looked_for_is_found(text, found):
    assert list(linux_alone(ast.parse(text))) == found


def test_no_file_of_proc_is_read_at_import():
    for path in users_modules():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            opened = [
                call
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and getattr(call.func, "attr", getattr(call.func, "id", ""))
                in ("open", "read_text", "read_bytes", "iterdir")
            ]
            assert not opened, f"{path}: {ast.unparse(node)}"
