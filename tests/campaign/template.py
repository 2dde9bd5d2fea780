"""What every run begins from: certificates, the agent's installation, a migrated database, foreign signatures."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gost.certificate import read_certificate
from hub.storage.engine import sqlite_engine
from hub.storage.migrate import upgrade
from sandbox.foreign_signer import sign_detached
from sandbox.sberbank_callbacks import SECRET
from sandbox.test_ca import Subject, TestAuthority
from sandbox.tls import ThrowAwayPki
from signer_agent.clock import SystemClock
from signer_agent.installation import Plan, create
from tests.campaign.canaries import PASSWORD
from tests.campaign.database import COMPANIONS, FILE_NAME

AUDIT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FOREIGN_SIGNATURES = 4
YEARS = timedelta(days=3650)

SELLER = Subject(common_name="Тестов Иван Образцович", surname="Тестов", inn="502099000124", snils="11223344595")
BUYER = Subject(common_name="Покупателев Пётр Примерович", surname="Покупателев", inn="502099000766")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A document and somebody else's signature over it."""

    document: bytes
    cms: bytes


@dataclass(frozen=True, slots=True)
class Template:
    """The folder and what is in it; runs read it and write elsewhere."""

    folder: Path

    @property
    def database(self) -> Path:
        """A migrated, empty database."""
        return self.folder / FILE_NAME

    @property
    def agent(self) -> Path:
        """The agent's installation."""
        return self.folder / "agent"

    @property
    def start(self) -> datetime:
        """When every run begins: the morning after this was made, so that the certificates are valid.

        It is always the same hour, since days begin schedules and counters.
        """
        return datetime.fromisoformat(json.loads((self.folder / "made.json").read_text())["start"])

    @property
    def thumbprint(self) -> str:
        """The certificate that the agent signs with."""
        return read_certificate((self.folder / "gost/seller.crt").read_bytes()).thumbprint

    def foreign(self) -> list[Foreign]:
        """What buyers signed elsewhere."""
        paths = sorted((self.folder / "foreign").glob("*.txt"))
        return [Foreign(path.read_bytes(), path.with_suffix(".p7s").read_bytes()) for path in paths]


def make_template(folder: Path) -> Template:
    """Make it in a folder that is not there yet; takes some seconds."""
    folder.mkdir(parents=True)
    authority = TestAuthority.create(folder / "gost", name="landhub campaign")
    authority.issue("seller", SELLER)
    buyer = authority.issue("buyer", BUYER)
    until = datetime.now(UTC) + YEARS
    (folder / "gost/issuing.crl").write_bytes(authority.crl(next_update=until))
    (folder / "gost/root.crl").write_bytes(authority.root_crl(next_update=until))
    (folder / "foreign").mkdir()
    for number in range(FOREIGN_SIGNATURES):
        document = f"Договор № {number}, подписанный в другом месте".encode()
        (folder / f"foreign/{number}.txt").write_bytes(document)
        (folder / f"foreign/{number}.p7s").write_bytes(sign_detached(document, buyer, authority))
    _make_gateway(folder / "gateway")
    _make_agent(folder)
    engine = sqlite_engine(folder / FILE_NAME, pool_size=1, read_only=False)
    upgrade(engine)
    with engine.connect() as conn:
        conn.exec_driver_sql("COMMIT")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    for end in COMPANIONS[1:]:
        (folder / f"{FILE_NAME}{end}").unlink(missing_ok=True)
    start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    (folder / "made.json").write_text(json.dumps({"start": start.isoformat()}))
    return Template(folder)


def _make_gateway(folder: Path) -> None:
    folder.mkdir()
    ThrowAwayPki.create(folder).client()
    (folder / "fernet.key").touch(mode=0o600)
    (folder / "fernet.key").write_bytes(Fernet.generate_key())
    (folder / "acquirer.password").touch(mode=0o600)
    (folder / "acquirer.password").write_text(PASSWORD)
    (folder / "acquirer.callback").touch(mode=0o600)
    (folder / "acquirer.callback").write_text(SECRET)


def _make_agent(folder: Path) -> None:
    public = folder / "audit.pub"
    public.write_bytes(AUDIT_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    plan = Plan(directory=folder / "agent", listen="127.0.0.1:7444", hub_audit_key=public, development=True)
    create(plan, clock=SystemClock())
    for end in ("crt", "key"):
        kept = folder / f"agent/keys/certificates/seller.{end}"
        shutil.copy(folder / f"gost/seller.{end}", kept)
        kept.chmod(0o600)
