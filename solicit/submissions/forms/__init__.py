"""The shape of what people send: a question or plan, and who they are."""
