"""The application that the README's server runs."""


def handle():
    return b"hello"
