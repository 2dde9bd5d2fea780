"""The README in the file: what it is, and how one checks the signature with OpenSSL alone."""

from collections.abc import Mapping
from typing import Final

from evidence.container import XML_SIGNATURE

FORMAT: Final = "landhub.evidence.v1"

README: Final = b"""\
This file proves one electronic signature. Format: landhub.evidence.v1

  evidence.json          the signed document's digest and its algorithm
  signature.p7s          the signature: CMS (CAdES), DER; detached, or with the document in it
  signature-as-made.p7s  only there if document or timestamp were put in later: the same signature without them
  certificates.pem       the signer's certificate and those of CAs above it, without the root; a timestamp's likewise
  crls.pem               revocation lists of these CAs
  policy.json            the signer agent's policy that allowed it
  journal.json           the agent's records, with the piece of its hash chain up to a signed checkpoint
  audit.json             the hub's records, likewise

With the document, the root certificate (which you must have from elsewhere) and OpenSSL with its GOST engine:

  cat root.pem certificates.pem crls.pem > all.pem
  openssl cms -verify -binary -inform DER -in signature.p7s -content DOCUMENT -cades -purpose any \\
      -CAfile all.pem -crl_check_all -attime SECONDS -out /dev/null

SECONDS is the time of signing in seconds since 1970; this shows it (signingTime):

  openssl cms -cmsout -print -inform DER -in signature.p7s

If the document is in the signature, leave "-content DOCUMENT" out.

All of it, offline: signer-agent verify-evidence FILE, or hub evidence verify FILE.
"""

XML_README: Final = b"""\
This file proves one electronic signature. Format: landhub.evidence.v1

  evidence.json          the signed element's digest and its algorithm
  signature.xml          the signature: the element ds:Signature, by the profile of SMEV 3
  certificates.pem       the signer's certificate and those of CAs above it, without the root
  crls.pem               revocation lists of these CAs
  policy.json            the signer agent's policy that allowed it
  journal.json           the agent's records, with the piece of its hash chain up to a signed checkpoint
  audit.json             the hub's records, likewise

The digest is of the element that bears the Id in URI, as Exclusive C14N and then urn://smev-gov-ru/xmldsig/transform
write it. The signature says no time: the agent's journal does.

All of it, offline: signer-agent verify-evidence FILE, or hub evidence verify FILE.
"""


def readme(parts: Mapping[str, bytes]) -> bytes:
    """The README of a file with these parts."""
    return XML_README if XML_SIGNATURE in parts else README
