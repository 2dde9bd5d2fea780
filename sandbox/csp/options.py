"""Command lines as the tools read them: single-dash long options, any order, unambiguous prefixes, files beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class UnknownOptionError(Exception):
    """No such option, or a prefix of several; `name` is without its dash."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class ParameterMissingError(Exception):
    """The option needs a value and is the last word."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Line:
    """A command line taken apart. Flags have the value ""; the last of a repeated option counts."""

    values: Mapping[str, str]
    files: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str, default: str = "") -> str:
        """An option's value."""
        return self.values.get(name, default)


@dataclass(frozen=True, slots=True)
class Options:
    """What a command takes: flags, options with a value, other names for them; case counts (`-my` is not `-MY`)."""

    flags: frozenset[str]
    valued: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def read(self, words: Sequence[str]) -> Line:
        """Take the words apart.

        Raises:
            UnknownOptionError: an option is none of these.
            ParameterMissingError: a value is missing.
        """
        values: dict[str, str] = {}
        files: list[str] = []
        left = list(words)
        while left:
            word = left.pop(0)
            if not word.startswith("-") or word == "-":
                files.append(word)
                continue
            name = self._named(word[1:])
            if name in self.valued:
                if not left:
                    raise ParameterMissingError(name)
                values[name] = left.pop(0)
            else:
                values[name] = ""
        return Line(values, tuple(files))

    def _named(self, word: str) -> str:
        known = self.flags | self.valued | set(self.aliases)
        found = word
        if word not in known:
            longer = {self.aliases.get(name, name) for name in known if word and name.startswith(word)}
            if len(longer) != 1:
                raise UnknownOptionError(word)
            found = longer.pop()
        return self.aliases.get(found, found)
