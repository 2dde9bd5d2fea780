"""The formats a signature is made in, and what each holds beside the signature itself."""

from enum import StrEnum
from typing import Final

MAX_ATTACHED_BYTES: Final = 3 * 1024 * 1024  # a CMS is read up to 4 MiB, certificates and timestamps included


class Format(StrEnum):
    """SignatureFormat without its prefix."""

    CADES_BES_DETACHED = "CADES_BES_DETACHED"
    CADES_BES_ATTACHED = "CADES_BES_ATTACHED"
    CADES_T_DETACHED = "CADES_T_DETACHED"
    CADES_T_ATTACHED = "CADES_T_ATTACHED"
    XMLDSIG_SMEV3 = "XMLDSIG_SMEV3"

    @property
    def is_attached(self) -> bool:
        """Whether it holds the document."""
        return self.endswith("_ATTACHED")

    @property
    def is_stamped(self) -> bool:
        """Whether it holds a timestamp."""
        return self.startswith("CADES_T_")

    @classmethod
    def of(cls, *, attached: bool, stamped: bool) -> "Format":
        """The format that holds these."""
        return cls(f"CADES_{'T' if stamped else 'BES'}_{'ATTACHED' if attached else 'DETACHED'}")
