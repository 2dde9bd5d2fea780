"""A message of SMEV 3 made up for these tests, signed with keys made for them."""

from gost import digest
from gost.xmldsig import XmlSignatureTemplate
from gost.xmldsig_place import place_signature
from gost.xmldsig_read import octets_of
from tests.unit.gost.pki import Owner

ELEMENT_ID = "SIGNED_BY_CONSUMER"
TYPES = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"
BASIC = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2"

MESSAGE = f"""<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>
<t:SendRequestRequest xmlns:t="{TYPES}" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">
  <t:SenderProvidedRequestData Id="{ELEMENT_ID}">
    <t:MessageID>7a9f5a62-9c7e-11f0-8de9-0242ac120002</t:MessageID>
    <b:MessagePrimaryContent xmlns:b="{BASIC}">
      <q:Заявление xmlns:q="urn://пример" сумма="100 &lt; 200">Земля &amp; воля</q:Заявление>
      <!-- layout -->
    </b:MessagePrimaryContent>
    <t:TestMessage/>
  </t:SenderProvidedRequestData>
  <t:CallerInformationSystemSignature/>
</t:SendRequestRequest></soap:Body></soap:Envelope>""".replace("urn://пример", "urn://example").encode()


def sign_xml(owner: Owner, document: bytes = MESSAGE, element_id: str = ELEMENT_ID, **place: str) -> bytes:
    """Sign an element of a document and put the signature beside it."""
    template = XmlSignatureTemplate(certificate=owner.certificate)
    digested = digest.digest(template.digest_algorithm, octets_of(document, element_id))
    info = template.signed_info(digested, element_id)
    signature = template.assemble(info, owner.open_key().sign(info))
    return place_signature(document, signature, element_id=element_id, **place)
