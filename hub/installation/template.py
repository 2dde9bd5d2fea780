"""The text of a new installation's landhub.toml, and small changes to such a text that keep its comments."""

import json
import re
import tomllib

_PLAIN = """\
# Settings of this hub. Check them with: hub check-config {folder}
# Every key can be overridden by a variable: LANDHUB_SERVER__ADDRESS stands for address in [server].
# Paths are relative to this file. Secrets are references (file:PATH, env:NAME), never values.

# "production" refuses, by name, what is only good for trying things out.
profile = {profile}

[keys]
{passphrase}

# Callers' gRPC. A certificate of client_ca names its caller by the SAN landhub://caller/NAME.
[server]
address = "127.0.0.1:7443"
certificate = "pki/server.crt"
key = "pki/server.key"
client_ca = "pki/ca.crt"
denied_fingerprints = "pki/denied"
reflection = {reflection}
# More than one needs PostgreSQL. SIGHUP restarts them in turn.
processes = 1
drain_seconds = 30
max_connection_age_seconds = 3600

# Administrators' gRPC: its own port, its own CA.
[administration]
address = "127.0.0.1:7442"
certificate = "pki/admin-server.crt"
key = "pki/admin-server.key"
client_ca = "pki/admin-ca.crt"
denied_fingerprints = "pki/admin-denied"
reflection = {reflection}

# Public: providers' callbacks and nothing else. Private: metrics, health, traces.
[web]
public_address = "127.0.0.1:7480"
private_address = "127.0.0.1:7481"

[storage]
url = "sqlite:///state/landhub.db"
# Or PostgreSQL, for several hubs on one database; its password is a reference, never in the URL:
# url = "postgresql://landhub@db.example:5432/landhub?sslmode=verify-full&sslrootcert=pki/db-ca.crt"
# password = "file:keys/database.password"
# The first key seals, all of them open: to rotate, put a new one first.
column_keys = ["file:keys/column.key"]
# Never changes. Keep a copy where you keep backups: without it a restored hub can't find its orders at vendors.
reference_key = "file:keys/reference.key"
pseudonym_key = "file:keys/pseudonym.key"

# Checkpoints of the audit go to this folder too; best on another disk. keys/audit.pub verifies them.
[audit]
directory = "state/audit"
signing_key = "file:keys/audit.key"
checkpoint_seconds = 5

[telemetry]
service_name = "landhub"
# Traces by OTLP/HTTP, for example "http://127.0.0.1:4318/v1/traces"; empty: nowhere.
otlp_endpoint = ""
sample_ratio = 1.0
log_level = "INFO"

# Of one caller and method.
[limits]
calls_per_second = 200
burst = 400

[roles.deal]
methods = [
  "landhub.rosreestr.v1.*", "landhub.signatures.v1.*", "landhub.payments.v1.*", "landhub.notifications.v1.*",
  "landhub.events.v1.*",
]

[roles.administrator]
methods = ["landhub.hub.v1.*", "landhub.events.v1.*"]

# Who may call. A new one: hub callers add {folder} NAME
[callers.admin]
roles = ["administrator"]

# A signer agent. `signer-agent init` makes the certificates; carry them over.
# [signing.agents.main]
# address = "127.0.0.1:7444"
# ca = "pki/agent/ca.crt"
# certificate = "pki/agent/hub.crt"
# key = "pki/agent/hub.key"
# journal_key = "pki/agent/journal.pub"  # the agent's keys/journal.pub: nobody else can speak for it

# Modules: mode = "off" | "read_only" | "on". docs/modules/ has a page for each.
# [modules.signatures]
# mode = "on"
# [modules.rosreestr]
# mode = "on"
# provider = "xml_gateway"
# [modules.payments]
# mode = "on"
"""

_DEVELOPMENT_CALLERS = """
[callers.client]
roles = ["deal"]
"""

_HEADER = re.compile(r"^\s*\[([^\[\]]+)\]\s*(#.*)?$")


def settings_text(*, folder: str, development: bool, passphrase: str | None) -> str:
    """Return the settings of a new installation; `passphrase` is the reference to that of its private keys."""
    text = _PLAIN.format(
        folder=folder,
        profile=toml_value("development" if development else "production"),
        passphrase=(
            f"passphrase = {toml_value(passphrase)}" if passphrase else "# The private keys here are not encrypted."
        ),
        reflection=toml_value(development),
    )
    return text + _DEVELOPMENT_CALLERS if development else text


def toml_value(value: object) -> str:
    """Write a text, a number, a boolean or a list of them as TOML."""
    return json.dumps(value, ensure_ascii=False)


def set_value(text: str, path: str, value: str) -> str:
    """Return the settings with one key set; `value` is TOML, or else is taken as a text.

    Raises:
        ValueError: the path is no `table.key`, or the result is not TOML.
    """
    table, _, key = path.rpartition(".")
    if not key or not re.fullmatch(r"[A-Za-z0-9_.-]+", path):
        raise ValueError(f"{path!r} names no key; write it as table.key=value, for example server.address=0.0.0.0:7443")
    line = f"{key} = {_literal(value)}"
    lines = text.splitlines()
    start, end = _bounds(lines, table)
    if start is None:
        changed = [*lines, "", f"[{table}]", line]
    else:
        place = next((at for at in range(start, end) if re.match(rf"\s*{re.escape(key)}\s*=", lines[at])), None)
        changed = (
            [*lines[:start], line, *lines[start:]] if place is None else [*lines[:place], line, *lines[place + 1 :]]
        )
    result = "\n".join(changed) + "\n"
    try:
        tomllib.loads(result)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}={value} does not fit into the settings: {error}") from error
    return result


def _bounds(lines: list[str], table: str) -> tuple[int | None, int]:
    """Return the first line and the end of a table's own keys; None if there is no such table."""
    headers = [(at, match[1].strip()) for at, line in enumerate(lines) if (match := _HEADER.match(line))]
    if not table:
        return 0, headers[0][0] if headers else len(lines)
    for index, (at, name) in enumerate(headers):
        if name == table:
            return at + 1, headers[index + 1][0] if index + 1 < len(headers) else len(lines)
    return None, 0


def _literal(value: str) -> str:
    try:
        tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return toml_value(value)
    return value
