"""What an operator asks of an installation."""
