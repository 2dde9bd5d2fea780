"""An agent's installation whose keys are on an emulated CryptoPro host."""

from pathlib import Path

from sandbox.csp.setup import EmulatedHost


def use_cryptopro(directory: Path, host: EmulatedHost, *, pin: str) -> None:
    """Turn an installation's settings to the host."""
    path = directory / "signer-agent.toml"
    text = path.read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.startswith("backend = "))
    tables = f'[keys.cryptopro]\ntools = "{host.bin}"\n\n[keys.pins]\ndefault = "{pin}"\n\n[hub]'
    text = text.replace(old, 'backend = "cryptopro"').replace("[hub]", tables, 1)
    path.write_text(text, encoding="utf-8")
