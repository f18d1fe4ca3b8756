"""The document as a page shows it: operations by part, each with who may ask, what it takes and what it answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ParameterLine:
    name: str
    place: str
    is_required: bool
    kind: str
    text: str


@dataclass(frozen=True)
class AnswerLine:
    status: str
    text: str


@dataclass(frozen=True)
class FieldLine:
    name: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    text: str
    who: str
    example: str
    parameters: tuple[ParameterLine, ...]
    body: tuple[FieldLine, ...]
    answer: tuple[FieldLine, ...]
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class Part:
    name: str
    text: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Reference:
    about: str
    server: str
    tokens: str
    parts: tuple[Part, ...]


def reference_of(document: dict) -> Reference:
    """The page's view of an OpenAPI document."""
    operations: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, said in methods.items():
            if method != "parameters":
                operations.setdefault(said["tags"][0], []).append(_operation(document, path, method, said, shared))
    return Reference(
        about=document["info"]["description"],
        server=document["servers"][0]["url"],
        tokens=document["components"]["securitySchemes"]["token"]["description"],
        parts=tuple(
            Part(tag["name"], tag["description"], tuple(operations.get(tag["name"], ()))) for tag in document["tags"]
        ),
    )


def _operation(document: dict, path: str, method: str, said: dict, shared: list) -> Operation:
    name = method.upper()
    success = next(answer for status, answer in said["responses"].items() if status.startswith("2"))
    return Operation(
        anchor=f"{method}-{path.strip('/').replace('/', '-').translate(str.maketrans('', '', '{}'))}",
        method=name,
        path=path,
        summary=said["summary"],
        text=said.get("description", ""),
        who=said["x-who"],
        example=_curl(document, name, path, said),
        parameters=tuple(_parameter(each) for each in (*shared, *said.get("parameters", ()))),
        body=_fields(document, _schema(said.get("requestBody"))),
        answer=_fields(document, _schema(success)),
        answers=tuple(AnswerLine(status, each["description"]) for status, each in sorted(said["responses"].items())),
    )


def _curl(document: dict, method: str, path: str, said: dict) -> str:
    lines = [f'curl "{document["servers"][0]["url"]}{path}"']
    if {} not in said["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if method != "GET":
        lines[0] = lines[0].replace("curl ", f"curl -X {method} ")
    for parameter in said.get("parameters", ()):
        if parameter["in"] == "header" and parameter.get("required"):
            lines.append(f'-H "{parameter["name"]}: …"')
    if "requestBody" in said:
        lines += ['-H "Content-Type: application/json"', "-d @body.json"]
    return " \\\n  ".join(lines)


def _parameter(said: dict) -> ParameterLine:
    kind = _kind(said["schema"])
    return ParameterLine(said["name"], said["in"], bool(said.get("required")), kind, said.get("description", ""))


def _schema(said: dict | None) -> dict:
    contents = (said or {}).get("content", {})
    return contents.get("application/json", {}).get("schema", {})


def _fields(document: dict, schema: dict) -> tuple[FieldLine, ...]:
    found = _resolved(document, schema)
    required = found.get("required", ())
    return tuple(
        FieldLine(name, _kind(said), name in required, said.get("description", ""))
        for name, said in found.get("properties", {}).items()
    )


def _resolved(document: dict, schema: dict) -> dict:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def _kind(schema: dict) -> str:
    """The kind of a value in a few words."""
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"] if each is not None)
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    kind = schema.get("type", "")
    if kind == "array":
        return f"[{_kind(schema['items'])}]"
    return " | ".join(kind) if isinstance(kind, list) else kind
