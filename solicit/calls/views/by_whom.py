"""Who changes something now, for services."""

from flask import g

from solicit.clock import utcnow


def by_whom() -> dict:
    return {"actor_id": g.identity.person_id, "now": utcnow()}
