def print_growth():
    pass
