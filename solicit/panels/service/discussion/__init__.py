"""A panel's discussion: posts, the chair's summary, comments kept out of it."""

from solicit.panels.service.discussion.chairing import moderate, summarize
from solicit.panels.service.discussion.posts import post, withdraw_post

__all__ = ["moderate", "post", "summarize", "withdraw_post"]
