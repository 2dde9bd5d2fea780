"""Makes a built contract image the released one that `buf breaking` compares with, and says so in CHANGELOG.md.

An architecture test refuses a released image that CHANGELOG.md does not name, so that a break is always a decision.
"""

import argparse
import hashlib
import sys
from pathlib import Path

RELEASED = Path("proto/landhub.binpb")
CHANGELOG = Path("CHANGELOG.md")
SECTION = "\n## "


def changelog_mark(image: bytes) -> str:
    """Return how CHANGELOG.md names an image: by the first 12 hexadecimal digits of its SHA-256."""
    return f"contract image `{hashlib.sha256(image).hexdigest()[:12]}`"


def with_entry(changelog: str, entry: str) -> str:
    """Return the changelog with the entry first in its newest section, in place of that section's earlier image.

    Raises:
        ValueError: there is no section.
    """
    preamble, *sections = changelog.split(SECTION)
    if not sections:
        raise ValueError(f'{CHANGELOG} needs a "## " heading to say it under')
    title, *lines = sections[0].splitlines()
    kept = [line for line in lines if "(contract image `" not in line]
    while kept and not kept[0]:
        kept.pop(0)
    sections[0] = "\n".join([title, "", entry, *kept, ""])
    return SECTION.join([preamble, *sections])


def main() -> int:
    """Copy the image and add its line; 2 if there is no reason given or nowhere to write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--why", required=True)
    arguments = parser.parse_args()
    if not arguments.why:
        print('Say why the contract is released: make release-image WHY="...".')
        return 2
    image = arguments.image.read_bytes()
    try:
        entry = f"- {arguments.why.rstrip('.')} ({changelog_mark(image)})."
        changelog = with_entry(CHANGELOG.read_text(encoding="utf-8"), entry)
    except (OSError, ValueError) as error:
        print(error)
        return 2
    CHANGELOG.write_text(changelog, encoding="utf-8")
    RELEASED.write_bytes(image)
    return 0


if __name__ == "__main__":
    sys.exit(main())
