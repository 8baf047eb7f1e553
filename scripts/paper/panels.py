"""The paper's figures."""


def write(document, study):
    pass
