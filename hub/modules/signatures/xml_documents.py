"""XML by the profile of SMEV 3: what of a document is signed, and the signed document."""

import asyncio
from dataclasses import dataclass, field

from gost.errors import MalformedError
from gost.xmldsig_place import DEFAULT_CONTAINER, check_place, place_signature
from gost.xmldsig_read import octets_of
from hub.modules.signatures.port import XmlNotFittingError


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlToSign:
    """An element of an XML document to be signed, and the local name of the element that takes the signature."""

    content: bytes = field(repr=False)
    element_id: str
    container: str = DEFAULT_CONTAINER

    async def octets(self) -> bytes:
        """Return what is signed of it, once it is clear that a signature can be placed.

        Raises:
            XmlNotFittingError: it is not of the profile.
        """
        return await asyncio.to_thread(self._octets)

    async def signed(self, signature: bytes) -> bytes:
        """Return the document with its signature, which it reads as by the profile.

        Raises:
            XmlNotFittingError: it would read otherwise.
        """
        return await asyncio.to_thread(self._signed, signature)

    def _octets(self) -> bytes:
        try:
            check_place(self.content, element_id=self.element_id, container=self.container)
            return octets_of(self.content, self.element_id)
        except MalformedError as error:
            raise XmlNotFittingError(str(error)) from error

    def _signed(self, signature: bytes) -> bytes:
        try:
            return place_signature(self.content, signature, element_id=self.element_id, container=self.container)
        except MalformedError as error:
            raise XmlNotFittingError(str(error)) from error
