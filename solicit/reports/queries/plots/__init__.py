"""The numbers behind the plots of a call. Each leaves out what the organizer who asks must not see before it counts."""

from collections.abc import Mapping

from solicit.reports.queries.plots import arrivals, judging, likeness, results
from solicit.reports.queries.plots.part import Part

# In the order in which a call gets them.
PLOTS: Mapping[str, Part] = {
    "pace": arrivals.PACE,
    "countries": arrivals.COUNTRIES,
    "themes": arrivals.THEMES,
    "panels": judging.PANELS,
    "reviews": judging.REVIEWS,
    "intervals": results.INTERVALS,
    "severity": judging.SEVERITY,
    "similarity": likeness.SIMILARITY,
    "topics": likeness.TOPICS,
    "seats": results.SEATS,
}
