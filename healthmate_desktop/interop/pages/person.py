"""stub"""


def people_of(rows):
    return iter(())
