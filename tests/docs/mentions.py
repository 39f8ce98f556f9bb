"""What the documents name: paths, folders, modules and functions of ours, and whether those exist."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("model", "tiles", "server", "frontend", "tests", "benchmarks", "docs")
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
CODE = {".py", ".ts", ".css", ".toml", ".csv", ".ipynb"}
MADE = ("node_modules", "__pycache__")
"""Folders that are made of the code, and not written."""

TICKED = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
BENCHMARK = re.compile(r"python -m (benchmarks\.\w+)")
BRANCH = re.compile(r"( *)([\w./-]+)(?:  .*)?")


def names_in(text):
    """Everything between backticks outside code blocks."""
    return TICKED.findall(FENCE.sub("", text))


def paths_in(text):
    """Backticked paths of ours: those that begin with one of our rooms, and whatever ends as code does."""
    for name in names_in(text):
        is_path = PATH.fullmatch(name) and ("/" in name or Path(name).suffix in {".py", ".ts", ".css"})
        if is_path and (name.split("/")[0] in ROOMS or Path(name).suffix in CODE):
            yield name


def benchmarks_in(text):
    """The files of the benchmarks that are run as `python -m benchmarks.NAME`, in code blocks too."""
    return [f"{name.replace('.', '/')}.py" for name in BENCHMARK.findall(text)]


@cache
def files():
    """Every file of ours that can be named, relative to the root."""
    return tuple(sorted(path.relative_to(ROOT) for room in ROOMS for path in _files_below(ROOT / room)))


def _files_below(folder):
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.is_dir() and path.name not in MADE and path != ROOT / "server/page":
            yield from _files_below(path)


def exists(name):
    """Whether a path leads somewhere, from the root or as the end of one file's path."""
    return (ROOT / name).exists() or any(f"/{path.as_posix()}".endswith(f"/{name}") for path in files())


def folders(*rooms):
    """Every folder of these rooms that holds code."""
    code = {path.parent.as_posix() for path in files() if path.suffix in {".py", ".ts"}}
    return sorted(folder for folder in code if folder.startswith(rooms))


def tree_in(text):
    """The paths that an indented tree in a code block draws, in order."""
    (block,) = (fence for fence in FENCE.findall(text) if re.search(r"^model/ ", fence, re.MULTILINE))
    above: list[tuple[int, str]] = []
    for line in block.splitlines()[1:-1]:
        branch = BRANCH.fullmatch(line)
        if branch is None:
            continue
        depth, name = len(branch[1]), branch[2]
        above = [one for one in above if one[0] < depth]
        above.append((depth, name.rstrip("/")))
        yield "/".join(part for _, part in above)


@cache
def defined_in(path):
    """What a Python file defines: NAME, CLASS.NAME for what a class holds; what a TypeScript file declares."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".ts"):
        declared = (
            r"^\s*(?:export )?(?:async )?(?:function|class|const|interface|type) (\w+)|^\s+(?:async |private )*(\w+)\("
        )
        return {name for found in re.findall(declared, text, re.MULTILINE) for name in found if name}
    return set(_defined(ast.parse(text).body, ""))


def _defined(body, prefix):
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                yield from _defined(node.body, f"{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield prefix + target.id


def where_defined(name):
    """The files of the rooms that define a name; to suggest one where a document's is wrong."""
    last = name.split(".")[-1]
    code = (
        path.as_posix() for path in files() if path.suffix == ".py" and path.parts[0] in ("model", "tiles", "server")
    )
    return [path for path in code if any(own.split(".")[-1] == last for own in defined_in(path))]
