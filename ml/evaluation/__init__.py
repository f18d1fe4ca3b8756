"""How good the language part is on labelled public data: `python -m ml.evaluation`."""
