"""What does this person see? Asked of the policy itself, door by door."""

from collections import defaultdict
from collections.abc import Iterator

from flask import current_app, g, render_template, request, url_for

from solicit.access.guard import admitted, door_of, requires
from solicit.access.policy import Identity, Permission, Subject, permits
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.panels.queries import visibility as queries
from solicit.panels.queries.desk import panels_of
from solicit.panels.views import bp
from solicit.web.addresses import API
from solicit.web.pagination import paginate, window_from

PEOPLE = "/<call>/organize/people"
LONGEST_SEARCH = 200


@bp.get(PEOPLE)
@requires(Permission.RUN_PANELS, call_subject)
def visibility(call: CallFacts):
    typed, window = (
        request.args.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
        window_from(request.args.get("page")),
    )
    rows, total = queries.people_lines(db.session(), call_id=call.id, typed=typed, window=window)
    pagination = paginate(window, total, lambda page: url_for(".visibility", page=page, q=typed or None))
    return render_template("panels/visibility.html", rows=rows, typed=typed, pagination=pagination)


@bp.get(PEOPLE + "/<id:person_id>")
@requires(Permission.RUN_PANELS, queries.people_subject)
def visibility_of(call: CallFacts, person_id: int):
    session, viewer_id = db.session(), g.identity.person_id
    facts = queries.person_facts(session, call_id=call.id, person_id=person_id)
    identity = admitted(facts.identity, has_second_factor=facts.has_second_factor)
    panel_ids = panels_of(session, call_id=call.id)
    return render_template(
        "panels/visibility_of.html",
        facts=facts,
        is_held_back=identity is not facts.identity,
        doors=open_doors(call, identity, panel_ids) if facts.is_active else {},
        closed=queries.closed_questions(session, call_id=call.id, person_id=person_id, viewer_id=viewer_id),
        rounds=queries.rounds_seen(session, call=call, identity=identity, panel_ids=panel_ids),
    )


def open_doors(call: CallFacts, identity: Identity, panel_ids: tuple[int, ...]) -> dict[Permission, list[str]]:
    """The pages that somebody can open because of a role, by the permission that opens them."""
    anybody = Identity(identity.person_id, "", "", None)
    doors: dict[Permission, list[str]] = defaultdict(list)
    for permission, subject, address in _pages(call, panel_ids):
        if permits(identity, permission, subject) and not permits(anybody, permission, subject):
            doors[permission].append(address)
    return {permission: sorted(set(doors[permission])) for permission in Permission if permission in doors}


def _pages(call: CallFacts, panel_ids: tuple[int, ...]) -> Iterator[tuple[Permission, Subject, str]]:
    """Every page of the site that is about a whole call or one of its panels; the API asks the same policy."""
    for rule in current_app.url_map.iter_rules():
        permission = door_of(current_app.view_functions[rule.endpoint]).permission
        if permission is None or "GET" not in rule.methods or rule.rule.startswith(API):
            continue
        if rule.arguments == {"call"}:
            yield permission, Subject(call_id=call.id), url_for(rule.endpoint, call=call.slug)
        elif rule.arguments == {"call", "panel_id"}:
            for panel_id in panel_ids:
                address = url_for(rule.endpoint, call=call.slug, panel_id=panel_id)
                yield permission, Subject(call_id=call.id, panel_id=panel_id), address
