"""Reading a panel's discussion: who may, what others said of a question, the thread."""
