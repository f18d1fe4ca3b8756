"""What a page leads to: its links, and its forms as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

FILLED = {"email": "somebody@example.org", "number": "1", "date": "2030-01-01", "datetime-local": "2030-01-01T00:00"}
WORDS = "Some words of mine that are long enough for whatever is asked here, I should think."
NEVER_SENT = ("csrf_token", "website")


@dataclass
class Field:
    """A field of a form with what it holds and what else it offers."""

    name: str
    kind: str
    value: str = ""
    is_chosen: bool = False
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    method: str
    action: str
    fields: list[Field] = field(default_factory=list)

    def values(self, variant: int = 0) -> dict[str, str | list[str]]:
        """The form filled in: variant 0 chooses the first of all choices and buttons, 1 the last ones."""
        sent: dict[str, str | list[str]] = {}
        for each in self.fields:
            if each.name in NEVER_SENT:
                continue
            if each.kind == "radio":
                sent[each.name] = each.value if variant or each.name not in sent else sent[each.name]
            elif each.kind == "checkbox":
                sent.setdefault(each.name, [])
                sent[each.name] += [each.value]
            elif each.kind == "select":
                usable = [choice for choice in each.choices if choice]
                sent[each.name] = usable[-1 if variant else 0] if usable else ""
            elif each.kind == "submit":
                sent[each.name] = each.value if variant else sent.get(each.name, each.value)
            else:
                sent[each.name] = each.value or FILLED.get(each.kind, WORDS)
        return sent

    def queries(self) -> list[str]:
        """The addresses that a GET form leads to: each choice of each field alone."""
        found = []
        for each in self.fields:
            offered = (
                each.choices if each.kind == "select" else [each.value] if each.kind in ("radio", "checkbox") else []
            )
            found += [f"{self.action}?{urlencode({each.name: choice})}" for choice in offered if choice]
        return found

    @property
    def words(self) -> list[str]:
        """The names of the fields that one types in."""
        return [each.name for each in self.fields if each.kind in ("text", "search")]


class Page(HTMLParser):
    """The links and forms of a page, relative to its address."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self._form: Form | None = None
        self._area: Field | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in ("a", "link", "script", "img", "use") or any(name.startswith("data-") for name in said):
            self.links += [value for value in said.values() if value.startswith(("/", "?")) and "//" not in value[:2]]
        if tag == "form":
            self._form = Form(said.get("method", "get").lower(), self._absolute(said.get("action", "")))
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        fields = self._form.fields
        if tag == "option" and fields:
            fields[-1].choices.append(said.get("value", ""))
        elif tag in ("input", "select", "textarea", "button") and said.get("name") and "disabled" not in said:
            kind = {"input": said.get("type", "text"), "button": "submit"}.get(tag, tag)
            fields.append(Field(said["name"], kind, said.get("value", ""), "checked" in said))
            self._area = fields[-1] if tag == "textarea" else None
        if said.get("formaction"):
            self.links.append(said["formaction"])

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None

    def _absolute(self, address: str) -> str:
        return urlsplit(urljoin(self.address, address or self.address)).path

    def addresses(self) -> list[str]:
        """Everything that can be opened from here, without what only moves the reader on the page."""
        found = [urljoin(self.address, link).split("#")[0] for link in self.links]
        return found + [query for form in self.forms if form.method == "get" for query in form.queries()]
