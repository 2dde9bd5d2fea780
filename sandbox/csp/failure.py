"""How a tool fails: with a code of CryptoAPI, PC/SC or its own, and what it prints before it."""

BAD_OPTION = 0x000000A0
FILE_NOT_FOUND = 0x00000002
LICENCE_MISSING = 0x0000065B
CONTAINER_NOT_FOUND = 0x8009001A
SILENT_CONTEXT = 0x80090022
NO_KEY_LINK = 0x8009200B
BAD_SIGNATURE = 0x80090006
NO_SUCH_CERTIFICATE = 0x8010002C
READER_UNAVAILABLE = 0x80100017
CARD_REMOVED = 0x80100069
WRONG_PIN = 0x8010006B
PIN_BLOCKED = 0x8010006C
CANCELLED = 0x8010006E

# cryptcp's own
CANNOT_OPEN_FILE = 0x20000065
BAD_BASE64 = 0x20000067
EXTRA_FILE = 0x200000C8
UNKNOWN_OPTION = 0x200000C9
EXTRA_COMMAND = 0x200000CA
NO_PARAMETER = 0x200000CB
NO_COMMAND = 0x200000CC
NO_INPUT_FILE = 0x200000D0
NO_OUTPUT_FILE = 0x200000D1
CERTIFICATE_NOT_FOUND = 0x2000012D
CHAIN_NOT_CHECKED = 0x20000133
SIGNATURE_INVALID = 0x200001F9
LICENCE_EXPIRED = 0x20000325
TSP_LICENCE = 0xC2100140


class ToolError(Exception):
    """The run ends here. `text` is printed as it is (it may be empty), then the code's line."""

    def __init__(self, code: int, text: str = "", *, place: str = "") -> None:
        super().__init__(f"0x{code:08x}")
        self.code = code
        self.text = text
        self.place = place
        """The source line that cryptcp names in its error block."""


class NotEmulatedError(Exception):
    """The real tool does this, the emulator doesn't: it says so instead of guessing."""
