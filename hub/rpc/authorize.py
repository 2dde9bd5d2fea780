"""Who may call what: roles of callers, patterns of methods, and no for everything else."""

from fnmatch import fnmatchcase

from hub.core.errors import PermissionDeniedError
from hub.rpc.access import Access
from hub.rpc.contract import Method
from hub.rpc.options import AccessRules
from hub.rpc.passage import Passage


class Authorize:
    """Lets a call pass that one of the caller's roles allows.

    Args:
        access: Roles and their patterns.
    """

    def __init__(self, *, access: Access) -> None:
        self._access = access
        self._version = access.version
        self._known: dict[tuple[frozenset[str], str], bool] = {}  # as many as there are sets of roles times methods

    def check(self, passage: Passage) -> None:
        """Let the call pass. Health and reflection need no role; a method that isn't here is refused as that, later.

        Raises:
            PermissionDeniedError: none of the caller's roles names the method.
        """
        if passage.method.open or passage.service is None:
            return
        if self._version != self._access.version:
            self._version = self._access.version
            self._known.clear()
        key = passage.identity.roles, passage.method.path
        allowed = self._known.get(key)
        if allowed is None:
            allowed = self._known[key] = self._allowed(*key)
        if not allowed:
            method = passage.method.path
            raise PermissionDeniedError(
                f"caller {passage.identity.caller} has no role for {method}; ask the hub's administrator for one",
                metadata={"method": method},
            )

    def _allowed(self, roles: frozenset[str], path: str) -> bool:
        return any(matches(path, pattern) for role in roles for pattern in self._access.rules.roles.get(role, ()))


def matches(path: str, pattern: str) -> bool:
    """Tell whether a method's path fits a pattern: "landhub.rosreestr.v1.*" fits all of that package."""
    return fnmatchcase(path.removeprefix("/"), pattern)


def unknown_methods(rules: AccessRules, methods: list[Method]) -> list[str]:
    """Return the patterns that fit no method at all: most likely misspelt, so the settings' check names them."""
    patterns = {pattern for role in rules.roles.values() for pattern in role}
    return sorted(p for p in patterns if not any(matches(method.path, p) for method in methods))
