"""Makes a built contract image the released one that `buf breaking` compares with, and says so in CHANGELOG.md.

An architecture test refuses a released image that CHANGELOG.md does not name, so that a break is always a decision.
"""

import argparse
import hashlib
import sys
from pathlib import Path

RELEASED = Path("proto/landhub.binpb")
CHANGELOG = Path("CHANGELOG.md")


def changelog_mark(image: bytes) -> str:
    """Return how CHANGELOG.md names an image: by the first 12 hexadecimal digits of its SHA-256."""
    return f"contract image `{hashlib.sha256(image).hexdigest()[:12]}`"


def main() -> int:
    """Copy the image and add its line below the newest heading; 2 if there is nothing to say or nowhere to say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--why", required=True)
    arguments = parser.parse_args()
    changelog = CHANGELOG.read_text(encoding="utf-8")
    heading, found, rest = changelog.partition("\n## ")
    title, _, body = rest.partition("\n\n")
    if not arguments.why or not found:
        print('Say why: make release-image WHY="...". CHANGELOG.md needs a "## " heading to say it under.')
        return 2
    image = arguments.image.read_bytes()
    RELEASED.write_bytes(image)
    line = f"- {arguments.why.rstrip('.')} ({changelog_mark(image)}).\n"
    CHANGELOG.write_text(f"{heading}{found}{title}\n\n{line}{body}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
