"""Columns that several tables have, with one meaning."""

from solicit.reports.queries.columns import Column

LABEL = Column("question", "text", "Number of the question or plan; empty before it is screened in")
THEMES = (
    Column("theme_key", "text", "Short key of the theme; empty if none was chosen"),
    Column("theme", "text", "Name of the theme"),
)
TEXTS = (
    Column("title", "text", "Title"),
    Column("language", "text", "Language of the text, as a BCP 47 tag"),
    Column("goal_overview", "text", "Goal overview"),
    Column("significance", "text", "Scientific significance"),
    Column("approach", "text", "How it could be explored; empty if not given"),
)
PLAN = (
    Column("target_body", "text", "Target body of a plan"),
    Column("mission_type", "text", "Mission type of a plan"),
    Column("measurement", "text", "What a plan would measure, and how"),
    Column("readiness", "integer", "Technology readiness of a plan, from 1 to 9"),
    Column("time_frame", "text", "When a plan could fly"),
    Column("missions", "text", "Keys of the missions that a plan builds on, with semicolons between them"),
)
ROUND = (
    Column("round_id", "integer", "Number of the round in this installation"),
    Column("round", "text", "Name of the round"),
)
PANELIST = (
    Column("panelist_id", "integer", "Number of the panelist in this installation"),
    Column("panelist", "text", "Name of the panelist"),
)
