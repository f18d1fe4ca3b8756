"""Reading invitations: the rows of a call, the letters, and what the invited person sees."""
