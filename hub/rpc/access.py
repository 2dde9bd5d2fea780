"""Callers and roles as they are in force, which may change while the server serves."""

from hub.rpc.options import AccessRules


class Access:
    """The rules in force. They are replaced as a whole, so that no call is judged by half of the old ones."""

    def __init__(self, *, rules: AccessRules) -> None:
        self.rules = rules
        self.version = 0

    def replace(self, rules: AccessRules) -> None:
        """Judge by these from the next call on; `version` grows if they are others."""
        if rules != self.rules:
            self.rules = rules
            self.version += 1
