"""Everything that can go wrong in this package, as types a caller can tell apart."""


class GostError(Exception):
    """The base of all errors of this package. Messages hold no secrets and no personal data."""


class EngineMissingError(GostError):
    """OpenSSL or its GOST engine is not installed, or refuses to start."""


class KeyFormatError(GostError):
    """The bytes are not a private key that can be used here."""


class WrongPassphraseError(GostError):
    """The private key is encrypted, and the passphrase is missing or does not open it."""


class KeyClosedError(GostError):
    """The private key was closed; open it again before signing."""


class SigningError(GostError):
    """The cryptographic library refused to make a signature."""


class UnsupportedAlgorithmError(GostError):
    """The key, digest or signature algorithm is known to be none that this package handles."""


class MalformedError(GostError):
    """The bytes are not what they claim to be: bad DER, bad PEM, or a structure that contradicts itself."""
