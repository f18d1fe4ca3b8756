"""How panels rank questions, how reviewers are assigned, how invitees are chosen."""
