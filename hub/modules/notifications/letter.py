"""What of a notification is personal: addresses and texts, kept as sealed JSON until they are forgotten."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hub.modules.notifications.message import Attachment, Channel, Content, VendorTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An address and a text for each channel of the route. `contents` is empty where the campaign says it for all."""

    addresses: Mapping[Channel, str] = field(repr=False)
    contents: Mapping[Channel, Content] = field(default_factory=lambda: MappingProxyType({}), repr=False)


def encode_letter(letter: Letter) -> bytes:
    """Return the letter as JSON."""
    return _dumped({"addresses": dict(letter.addresses), "contents": encode_contents(letter.contents)})


def decode_letter(stored: bytes) -> Letter:
    """Return the letter of `encode_letter`."""
    value: dict[str, Any] = json.loads(stored)
    addresses = {Channel(channel): address for channel, address in value["addresses"].items()}
    return Letter(addresses=addresses, contents=decode_contents(value["contents"]))


def encode_contents(contents: Mapping[Channel, Content]) -> dict[str, Any]:
    """Return what is said in each channel as a JSON value."""
    return {channel.value: _encode_content(content) for channel, content in contents.items()}


def decode_contents(value: Mapping[str, Any]) -> Mapping[Channel, Content]:
    """Return what `encode_contents` was given."""
    return {Channel(channel): _decode_content(content) for channel, content in value.items()}


def encode_attachments(attachments: tuple[Attachment, ...]) -> list[dict[str, str]]:
    """Return files as a JSON value."""
    return [
        {
            "file_name": item.file_name,
            "content_type": item.content_type,
            "content": base64.b64encode(item.content).decode(),
        }
        for item in attachments
    ]


def decode_attachments(value: list[dict[str, str]]) -> tuple[Attachment, ...]:
    """Return what `encode_attachments` was given."""
    return tuple(
        Attachment(
            file_name=item["file_name"],
            content_type=item["content_type"],
            content=base64.b64decode(item["content"]),
        )
        for item in value
    )


def _encode_content(content: Content) -> dict[str, Any]:
    template = content.vendor_template
    return {
        "text": content.text,
        "subject": content.subject,
        "html": content.html,
        "attachments": encode_attachments(content.attachments),
        "vendor_template": None if template is None else [template.template_id, dict(template.values)],
    }


def _decode_content(value: Mapping[str, Any]) -> Content:
    template = value["vendor_template"]
    return Content(
        text=value["text"],
        subject=value["subject"],
        html=value["html"],
        attachments=decode_attachments(value["attachments"]),
        vendor_template=None if template is None else VendorTemplate(template_id=template[0], values=template[1]),
    )


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
