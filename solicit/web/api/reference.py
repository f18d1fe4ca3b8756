"""The document as a page shows it: operations by part, each with who may ask, what it takes and what it answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A parameter, with the place where it is sent, or a field."""

    name: str
    kind: str
    text: str
    is_required: bool
    place: str = ""


@dataclass(frozen=True)
class AnswerLine:
    status: str
    text: str


@dataclass(frozen=True)
class Thing:
    """A kind of thing that answers hold."""

    name: str
    fields: tuple[Line, ...]


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    text: str
    who: str
    example: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    answer: tuple[Line, ...]
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class Part:
    name: str
    text: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Reference:
    about: tuple[str, ...]
    first: str
    parts: tuple[Part, ...]
    things: tuple[Thing, ...]


def reference_of(document: dict) -> Reference:
    """The page's view of an OpenAPI document."""
    operations: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, said in methods.items():
            if method != "parameters":
                operations.setdefault(said["tags"][0], []).append(_operation(document, path, method, said, shared))
    schemas = document["components"]["schemas"]
    return Reference(
        about=tuple(document["info"]["description"].split("\n\n")),
        first=f'curl "{document["servers"][0]["url"]}/api/v1/calls" \\\n  -H "Authorization: Bearer $TOKEN"',
        parts=tuple(Part(tag["name"], tag["description"], tuple(operations[tag["name"]])) for tag in document["tags"]),
        things=tuple(Thing(name, _fields(document, schema)) for name, schema in sorted(schemas.items())),
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


def _parameter(said: dict) -> Line:
    is_required = said.get("required", False)
    return Line(said["name"], _kind(said["schema"]), said.get("description", ""), is_required, place=said["in"])


def _schema(said: dict | None) -> dict:
    contents = (said or {}).get("content", {})
    return contents.get("application/json", {}).get("schema", {})


def _fields(document: dict, schema: dict) -> tuple[Line, ...]:
    found = _resolved(document, schema)
    required = found.get("required", ())
    return tuple(
        Line(name, _kind(said), said.get("description", ""), name in required)
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
