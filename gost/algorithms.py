"""Which algorithms and sizes of keys are believed in certificates and lists."""

from typing import Final

from gost.certificate import PublicKeyAlgorithm

# GOST R 34.10-2012, RSA and ECDSA with SHA-2; neither SHA-1 nor the standards of 1994 and 2001
SOUND_SIGNATURES: Final = frozenset(
    {
        "1.2.643.7.1.1.3.2",
        "1.2.643.7.1.1.3.3",
        "1.2.840.113549.1.1.11",
        "1.2.840.113549.1.1.12",
        "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2",
        "1.2.840.10045.4.3.3",
        "1.2.840.10045.4.3.4",
    }
)

LEAST_KEY_BITS: Final = {PublicKeyAlgorithm.RSA: 2048, PublicKeyAlgorithm.ECDSA: 256}
