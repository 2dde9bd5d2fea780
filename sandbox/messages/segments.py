"""What the simulated operators bill a text as. Written apart from the hub's own count, which is compared with it."""

_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_ESCAPE = b"\x1b"


def parts(text: str) -> int:
    """Return how many SMS a text is sent as."""
    if all(letter in _ALPHABET or letter in _EXTENSION for letter in text):
        return _parts([_ESCAPE + b"?" if letter in _EXTENSION else b"?" for letter in text], alone=160, joined=153)
    return _parts([letter.encode("utf-16-be") for letter in text], alone=140, joined=134)


def _parts(letters: list[bytes], *, alone: int, joined: int) -> int:
    """Fill messages with whole letters; sizes are septets of GSM's alphabet, bytes of UCS-2."""
    if len(b"".join(letters)) <= alone:
        return 1
    messages = [b""]
    for letter in letters:
        if len(messages[-1]) + len(letter) > joined:
            messages.append(b"")
        messages[-1] += letter
    return len(messages)
