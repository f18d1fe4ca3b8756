"""Reading frozen rankings: for organizers and chairs with every number, for everybody what was published."""
