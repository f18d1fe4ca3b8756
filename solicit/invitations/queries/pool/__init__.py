"""What the pool of candidates is made of: ranked questions, accounts, and which accounts are one person."""
