"""A call that is set up by its organizer, page by page."""

import re
from html import unescape


def desk(call, part: str = "") -> str:
    return f"/{call.slug}/organize/call" + (f"/{part}" if part else "")


def seen_on(page: str) -> str:
    """What a page says that it was opened with."""
    found = next(field for field in re.findall(r"<input[^>]*>", page) if 'name="seen"' in field)
    return re.search(r'value="([^"]*)"', found)[1]


def filled(page: str, **changes: object) -> dict[str, object]:
    """What a browser would send of the form on a page, with these changes; a change to None sends nothing."""
    values: dict[str, object] = {}
    for field in re.findall(r"<input[^>]*>", page):
        name, value = _attribute(field, "name"), _attribute(field, "value")
        is_choice = _attribute(field, "type") in ("radio", "checkbox")
        if name and name != "csrf_token" and (not is_choice or " checked" in field):
            values.setdefault(name, [])
            values[name].append(value if value is not None else "y")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        values[name] = [unescape(body).removeprefix("\r\n").removeprefix("\n")]
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        values[name] = [unescape(chosen) for chosen in re.findall(r'<option selected value="([^"]*)"', body)]
    sent = {name: [unescape(str(value)) for value in each] for name, each in values.items()} | changes
    return {name: value for name, value in sent.items() if value is not None}


def _attribute(field: str, name: str) -> str | None:
    found = re.search(rf'\s{name}="([^"]*)"', field)
    return found[1] if found else None
