"""House rules that no linter knows. docs/style.md says them; this file keeps them."""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import pathlib
import re
import shutil
import string
import subprocess
from collections.abc import Iterator

import pytest

from retail_domain.errors import RetailError

ROOT = pathlib.Path(__file__).parent.parent
PROGRAM_ROOMS = ("retail_domain", "hardware", "protos", "edge_agent", "hq_hub")
PYTHON_ROOMS = (*PROGRAM_ROOMS, "deploy", "tests", "benchmarks")
ROOMS = (*PYTHON_ROOMS, "screens")
MADE_BY_TOOLS = {"node_modules", "__pycache__", "static", "dist"}

FUNCTION_LINES_MAX = 70  # One screen.
FILE_LINES_MAX = 600
README_LINES_MAX = 10

NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "misc", "util", "utils"}
MAY_NAME_SQLITE = {"edge_agent/store/sqlite_library.py", "hq_hub/store/engine.py"}

SQLITE_IMPORT = re.compile(r"^\s*(import|from)\s+(sqlite3|pysqlite3|apsw)\b", re.MULTILINE)
SQL_STATEMENT = re.compile(
    r"\s*((SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|WITH)\s|(BEGIN|COMMIT|ROLLBACK)\b)"
)
TEXT_KEY = re.compile(r"^  '([\w.]+)':", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Ban:
    """Words that may not stand in some files."""

    rule: str
    pattern: re.Pattern[str]
    sample: str
    """What the pattern must find; the ban is tested by it."""
    rooms: tuple[str, ...]
    globs: tuple[str, ...] = ("*.py",)
    exempt: tuple[str, ...] = ()
    """Patterns of file names."""


# Letters in brackets keep a pattern from finding itself.
BANS = (
    Ban(
        "money, quantities and weights are integers",
        re.compile(
            r"\b\w+_(fen|milli|mg)\b\s*(:\s*float|\s+(REAL|double|float)\b)"
            r"|\b(double|float)\s+\w+_(fen|milli|mg)\b"
            r"|\b\w+_(fen|milli|mg)\",\s*(sa\.|sqlalchemy\.)?(Float|Numeric|REAL|Double)\b"
            r"|\bdef \w+_(fen|milli|mg)\([^)]*\) -> float\b"
        ),
        "double price_fen = 3;",
        (*PROGRAM_ROOMS, "deploy", "benchmarks"),
        ("*.py", "*.proto"),
    ),
    Ban(
        "the domain asks no clock and no dice",
        re.compile(r"\.(now|utcnow|today|uuid1|uuid4|monotonic|urandom)\("),
        "at = datetime.datetime.now(datetime.UTC)",
        ("retail_domain",),
    ),
    Ban(
        "only config and main read the environment",
        re.compile(r"\bos\.(environ|getenv)\b|\bfrom os import .*\b(environ|getenv)\b"),
        'home = os.environ["HOME"]',
        PYTHON_ROOMS,
        exempt=("config.py", "main.py", "__main__.py", "conftest.py", "test_house_rules.py"),
    ),
    Ban(
        "words that people read stand in kit/src/text",
        re.compile(r"[\u4e00-\u9fff]+"),
        "<h1>" + chr(0x6D41) + "</h1>",
        ("screens/register", "screens/console", "screens/kit/src"),
        ("*.tsx",),
        ("*.test.tsx", "preference-switches.tsx"),  # A language's name is written in that language.
    ),
    Ban(
        "an open task is an issue, not a comment",
        re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b"),
        "# TO" + "DO: later",
        ROOMS,
        ("*.py", "*.proto", "*.ts", "*.tsx", "*.css"),
    ),
    Ban(
        "a silenced linter carries its rule and its reason",
        re.compile(
            r"#\s*no[q]a(?!:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*[^\w\n]+\w.{4,})"
            r"|#\s*type:\s*ignor[e](?!\[[\w, -]+\][^\w\n]+\w.{4,})"
        ),
        "import x  # no" + "qa: F401",
        PYTHON_ROOMS,
    ),
)

# Hosts of package registries and folders of one machine, in any file that git would take.
HOST_OR_MACHINE = re.compile(
    r"pypi[.]org|python[h]osted|registry[.]npm|npm[m]irror|deb[.]debian|\"resolved\":\s*\"http"
    r"|(?<![\w.$}/-])/(wor[k]|roo[t]|tm[p]|farm)/"
    r"|index[-_]url"
)
HOST_OR_MACHINE_SAMPLES = (
    "https://pypi" + ".org/simple",
    "open('/wor" + "k/x')",
    '"reso' + 'lved": "https:',
)


def files(*globs: str, rooms: tuple[str, ...] = PROGRAM_ROOMS) -> Iterator[pathlib.Path]:
    """Yield the hand-written files of some rooms, in the order of their names."""
    for room in rooms:
        for glob in globs:
            for path in sorted((ROOT / room).rglob(glob)):
                if MADE_BY_TOOLS.isdisjoint(path.parts) and "_pb2" not in path.name:
                    yield path


def name(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def text_of(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path: pathlib.Path) -> ast.Module:
    return ast.parse(text_of(path))


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def sql_statements(tree: ast.Module) -> list[str]:
    """Find string literals, f-strings among them, that start like SQL; docstrings don't count."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and SQL_STATEMENT.match(node.value)
    ]


def test_files_fit_their_limit() -> None:
    globs = ("*.py", "*.proto", "*.ts", "*.tsx", "*.css")
    lines = {name(path): text_of(path).count("\n") for path in files(*globs, rooms=ROOMS)}

    too_long = {path: count for path, count in lines.items() if count > FILE_LINES_MAX}

    assert not too_long


def test_functions_fit_their_limit() -> None:
    too_long = []
    for path in files("*.py", rooms=PYTHON_ROOMS):
        for function in functions_of(tree_of(path)):
            assert function.end_lineno is not None
            lines = function.end_lineno - function.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                too_long.append(f"{name(path)}: {function.name} has {lines} lines")

    assert not too_long


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.rule)
def test_banned_words_stay_out(ban: Ban) -> None:
    assert ban.pattern.search(ban.sample), "the ban finds nothing"

    found = [
        f"{name(path)}:{text_of(path).count(chr(10), 0, match.start()) + 1}: {match[0].strip()}"
        for path in files(*ban.globs, rooms=ban.rooms)
        if not any(path.match(pattern) for pattern in ban.exempt)
        for match in ban.pattern.finditer(text_of(path))
    ]

    assert not found


def test_each_module_starts_with_one_line_on_what_lives_there() -> None:
    silent = []
    for path in files("*.py", rooms=PYTHON_ROOMS):
        head = (ast.get_docstring(tree_of(path)) or "").split("\n\n")[0]
        if not head.endswith((".", "!", "?")) or "\n" in head:
            silent.append(name(path))

    assert not silent


def test_no_file_has_a_name_that_says_nothing() -> None:
    globs = ("*.py", "*.proto", "*.ts", "*.tsx")
    nameless = {
        name(path)
        for path in files(*globs, rooms=ROOMS)
        for part in path.relative_to(ROOT).parts
        if part.split(".")[0].lower() in NAMES_THAT_SAY_NOTHING
    }

    assert not nameless


def test_one_module_of_a_program_names_the_sqlite_library() -> None:
    paths = files("*.py", rooms=(*PROGRAM_ROOMS, "deploy"))
    naming = {name(path) for path in paths if SQLITE_IMPORT.search(text_of(path))}

    assert naming == MAY_NAME_SQLITE


def test_sql_stands_in_store_and_reports_only() -> None:
    assert sql_statements(ast.parse("x = f'SELECT {y}'"))
    assert not sql_statements(ast.parse("'''SELECT nothing.'''\nmethods = ['DELETE', 'Select a']"))

    found = [
        f"{name(path)}: {statement.strip()[:60]}"
        for path in files("*.py", rooms=(*PROGRAM_ROOMS, "deploy"))
        if path.relative_to(ROOT).parts[1] not in {"store", "reports"}
        for statement in sql_statements(tree_of(path))
    ]

    assert not found


@functools.cache
def retail_errors() -> tuple[type[RetailError], ...]:
    """Import all modules of errors and collect what descends from RetailError, in order."""
    for path in (*files("errors.py"), *files("*_errors.py")):
        importlib.import_module(name(path).removesuffix(".py").replace("/", "."))
    found: list[type[RetailError]] = []
    waiting = [RetailError]
    while waiting:
        children = waiting.pop(0).__subclasses__()
        found += children
        waiting += children
    return tuple(found)


def test_retail_errors_live_in_errors_modules() -> None:
    retail_errors()
    names = {error.__name__ for error in retail_errors()} | {"RetailError"}
    astray = [
        f"{name(path)}: {node.name}"
        for path in files("*.py")
        if path.name != "errors.py" and not path.name.endswith("_errors.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
        and names & {base.id for base in node.bases if isinstance(base, ast.Name)}
    ]

    assert not astray


def test_each_retail_error_has_a_code_of_its_own() -> None:
    codes = [error.__dict__.get("code") for error in retail_errors()]

    assert len(codes) >= 3, "the catalogue was not read"
    assert all(
        isinstance(code, str) and re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code) for code in codes
    )
    assert sorted(str(code) for code in codes if codes.count(code) > 1) == []


def placeholders(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def test_each_retail_error_speaks_both_languages_with_the_same_values() -> None:
    wrong = []
    for error in retail_errors():
        en, zh = error.__dict__.get("en", ""), error.__dict__.get("zh", "")
        in_english = en.endswith(".") and en.isascii()
        in_chinese = zh.endswith("。") and re.search(r"[\u4e00-\u9fff]", zh)
        if not (in_english and in_chinese and placeholders(en) == placeholders(zh)):
            wrong.append((error.__name__, en, zh))

    assert not wrong


def test_texts_of_the_screens_have_the_same_keys_in_both_languages() -> None:
    keys = {
        language: TEXT_KEY.findall(text_of(ROOT / f"screens/kit/src/text/{language}.ts"))
        for language in ("zh", "en")
    }

    assert len(keys["zh"]) >= 3, "the catalogue was not read"
    assert keys["zh"] == keys["en"]


def test_each_room_has_a_short_readme() -> None:
    lines = {room: (ROOT / room / "README.md").read_text("utf-8").count("\n") for room in ROOMS}

    assert {room for room, count in lines.items() if not 1 <= count <= README_LINES_MAX} == set()


def files_of_git() -> list[pathlib.Path]:
    """List what git tracks or would track."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git clone, or git is not installed: nothing is tracked")
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    paths = [ROOT / entry.decode() for entry in listed.split(b"\0") if entry]
    return [path for path in paths if path.is_file()]


def test_nothing_in_git_names_a_registry_or_this_machine() -> None:
    assert all(HOST_OR_MACHINE.search(sample) for sample in HOST_OR_MACHINE_SAMPLES)

    found = []
    for path in files_of_git():
        text = path.read_bytes().decode("utf-8", errors="replace")
        for match in HOST_OR_MACHINE.finditer(text):
            found.append(f"{name(path)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}")

    assert not found


def test_git_holds_no_lock_file_with_addresses_and_nothing_generated() -> None:
    unwanted = re.compile(
        r"(^|/)(uv\.lock|pylock\.toml|pip\.conf|uv\.toml)$|_pb2|node_modules/|/static/"
    )

    assert [name(path) for path in files_of_git() if unwanted.search(name(path))] == []
