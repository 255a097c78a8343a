"""What goes wrong outside the code: the operator reads these, in Chinese, without a traceback."""


class OperatorError(Exception):
    """Something on this machine has to be put right by hand; the message says what."""
