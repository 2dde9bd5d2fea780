"""A GOST certificate authority for tests and the demo: root > issuing CA > leaf, made by the OpenSSL command line."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import ClassVar

from cryptography import x509

from sandbox.openssl import run_openssl

_PARAMETERS = {"gost2012_256": ("md_gost12_256", "TCA"), "gost2012_512": ("md_gost12_512", "A")}
_KEYS = {name: (name, f"paramset:{paramset}") for name, (_, paramset) in _PARAMETERS.items()} | {
    "rsa": ("RSA", "rsa_keygen_bits:2048"),
    "ec": ("EC", "ec_paramgen_curve:P-256"),
}
_CA_DAYS = "3650"
_PASSPHRASE_VARIABLE = "SANDBOX_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret

# engine_id alone finds the engine; dynamic_path would make OpenSSL load it twice and fail.
# OpenSSL 3.0 knows INN, OGRN, OGRNIP and SNILS; of the numbers Russian certificates carry only INNLE is to be taught.
_CONFIG = Template("""\
openssl_conf = openssl_init
[openssl_init]
oid_section = oids
stbl_section = strings
engines = engines
[oids]
INNLE = 1.2.643.100.4
[strings]
INNLE = min:10,max:10,mask:NUMERICSTRING,flags:nomask
OGRNIP = min:15,max:15,mask:NUMERICSTRING,flags:nomask
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
CRYPT_PARAMS = id-Gost28147-89-CryptoPro-A-ParamSet
[req]
distinguished_name = no_questions
[no_questions]
[root]
database = $directory/root.index
certificate = $directory/root.crt
private_key = $directory/root.key
new_certs_dir = $directory/issued
default_md = $digest
policy = any_name
unique_subject = no
rand_serial = yes
copy_extensions = none
[issuing]
database = $directory/issuing.index
certificate = $directory/issuing.crt
private_key = $directory/issuing.key
new_certs_dir = $directory/issued
default_md = $digest
policy = any_name
unique_subject = no
rand_serial = yes
copy_extensions = none
[any_name]
commonName = optional
[ext_root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ext_issuing]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
""")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A certificate's subject. Numbers are digits; what is None is left out."""

    common_name: str
    surname: str | None = None
    given_name: str | None = None
    """Name and patronymic, as Russian certificates write them."""
    organisation: str | None = None
    title: str | None = None
    inn: str | None = None
    """A person's, 12 digits (1.2.643.3.131.1.1)."""
    inn_legal_entity: str | None = None
    """10 digits (1.2.643.100.4)."""
    ogrn: str | None = None
    """13 digits (1.2.643.100.1)."""
    ogrnip: str | None = None
    """15 digits (1.2.643.100.5)."""
    snils: str | None = None
    """11 digits (1.2.643.100.3)."""
    country: str = "RU"

    def distinguished_name(self) -> str:
        """The name as `openssl -subj` takes it."""
        parts = (
            ("C", self.country),
            ("O", self.organisation),
            ("title", self.title),
            ("SN", self.surname),
            ("GN", self.given_name),
            ("INN", self.inn),
            ("INNLE", self.inn_legal_entity),
            ("OGRN", self.ogrn),
            ("OGRNIP", self.ogrnip),
            ("SNILS", self.snils),
            ("CN", self.common_name),
        )
        return "".join(f"/{name}={_escaped(value)}" for name, value in parts if value is not None)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate, its key and where they lie."""

    certificate_path: Path
    key_path: Path
    """PKCS#8 PEM, mode 0600; encrypted under the passphrase it was issued with, if one was given."""
    not_before: datetime
    not_after: datetime

    @property
    def certificate_pem(self) -> bytes:
        """The leaf alone."""
        return self.certificate_path.read_bytes()

    @property
    def key_pem(self) -> bytes:
        """The key as the file has it."""
        return self.key_path.read_bytes()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TestAuthority:
    """A root and an issuing CA in one directory. Make it with `create`; `open` finds it again."""

    __test__: ClassVar[bool] = False  # pytest must not take it for a test class

    directory: Path
    algorithm: str = "gost2012_256"

    @property
    def root_path(self) -> Path:
        """The root's certificate, PEM."""
        return self.directory / "root.crt"

    @property
    def issuing_path(self) -> Path:
        """The issuing CA's certificate, PEM."""
        return self.directory / "issuing.crt"

    @property
    def chain_path(self) -> Path:
        """The issuing CA and the root, PEM: what `openssl cms -verify -CAfile` needs."""
        return self.directory / "chain.pem"

    @property
    def config_path(self) -> Path:
        """An OPENSSL_CONF with the gost engine."""
        return self.directory / "openssl.cnf"

    @property
    def digest_name(self) -> str:
        """The digest that goes with its keys, as OpenSSL calls it."""
        return _PARAMETERS[self.algorithm][0]

    @classmethod
    def create(
        cls, directory: Path, *, algorithm: str = "gost2012_256", name: str = "landhub sandbox"
    ) -> "TestAuthority":
        """Make a root and an issuing CA in `directory`, which is made if missing.

        Args:
            directory: where everything lies; nothing else should.
            algorithm: `gost2012_256` (paramset TCA) or `gost2012_512` (paramset A).
            name: begins both CAs' names.

        Raises:
            OpenSslError: openssl or its gost engine is missing.
            FileExistsError: there is one already: use `open`.
        """
        authority = cls(directory=directory, algorithm=algorithm)
        (directory / "issued").mkdir(parents=True)
        digest = _PARAMETERS[algorithm][0]
        authority.config_path.write_text(_CONFIG.substitute(directory=directory.resolve(), digest=digest))
        for index in ("root.index", "issuing.index"):
            (directory / index).touch()
        config = authority.config_path
        _make_key(directory / "root.key", algorithm=algorithm, config=config)
        _make_key(directory / "issuing.key", algorithm=algorithm, config=config)
        root = ("req", "-new", "-x509", "-key", directory / "root.key", f"-{digest}", "-days", _CA_DAYS)
        subject = ("-utf8", "-subj", f"/C=RU/CN={_escaped(name)}: root")
        run_openssl((*root, *subject, "-extensions", "ext_root", "-out", authority.root_path), config=config)
        request = _request(directory / "issuing.key", f"/C=RU/CN={_escaped(name)}: issuing CA", config)
        ca = ("ca", "-batch", "-notext", "-name", "root", "-preserveDN", "-utf8", "-in", "/dev/stdin")
        extensions = ("-extensions", "ext_issuing", "-days", _CA_DAYS, "-out", authority.issuing_path)
        run_openssl((*ca, *extensions), stdin=request, config=config)
        authority.chain_path.write_bytes(authority.issuing_path.read_bytes() + authority.root_path.read_bytes())
        return authority

    @classmethod
    def open(cls, directory: Path) -> "TestAuthority":
        """The authority made in `directory` before.

        Raises:
            FileNotFoundError: there is none: use `create`.
        """
        config = (directory / "openssl.cnf").read_text()
        algorithm = next(name for name, (digest, _) in _PARAMETERS.items() if f"default_md = {digest}" in config)
        return cls(directory=directory, algorithm=algorithm)

    def issue(
        self,
        name: str,
        subject: Subject,
        *,
        days: float = 365,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        key_usage: str = "digitalSignature,nonRepudiation",
        passphrase: str | None = None,
        crl_url: str | None = None,
        extended_key_usage: str | None = None,
        algorithm: str = "",
    ) -> Issued:
        """Make a key and a certificate from the issuing CA, as `NAME.key` and `NAME.crt`.

        Args:
            name: the files' name, without an extension.
            subject: whom the certificate names.
            days: how long it is valid from `not_before` on.
            not_before: an aware moment, an hour ago by default; in the future makes one not yet valid.
            not_after: an aware moment instead of `days`; in the past makes an expired one.
            key_usage: OpenSSL's words for the keyUsage extension.
            passphrase: encrypts the key (PKCS#8, AES-256-CBC).
            crl_url: stands in the certificate as its CRL distribution point.
            extended_key_usage: OpenSSL's words for that extension, which is critical then ("timeStamping").
            algorithm: of its key, also `rsa` (2048 bits) or `ec` (P-256); the CA's own by default.

        Raises:
            OpenSslError: openssl refused.
        """
        start = not_before or datetime.now(UTC) - timedelta(hours=1)
        end = not_after or start + timedelta(days=days)
        if end <= start:
            start = end - timedelta(days=1)
        issued = Issued(
            certificate_path=self.directory / f"{name}.crt",
            key_path=self.directory / f"{name}.key",
            not_before=start,
            not_after=end,
        )
        _make_key(
            issued.key_path, algorithm=algorithm or self.algorithm, config=self.config_path, passphrase=passphrase
        )
        request = _request(issued.key_path, subject.distinguished_name(), self.config_path, passphrase)
        extensions = self.directory / f"{name}.ext"
        extensions.write_text(_leaf_extensions(key_usage, crl_url, extended_key_usage))
        ca = ("ca", "-batch", "-notext", "-name", "issuing", "-preserveDN", "-utf8", "-in", "/dev/stdin")
        dates = ("-startdate", _ca_time(start), "-enddate", _ca_time(end))
        files = ("-extfile", extensions, "-out", issued.certificate_path)
        run_openssl((*ca, *dates, *files), stdin=request, config=self.config_path)
        return issued

    def find(self, name: str) -> Issued | None:
        """What was issued under a name before; None if nothing was."""
        certificate_path = self.directory / f"{name}.crt"
        if not certificate_path.exists():
            return None
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        return Issued(
            certificate_path=certificate_path,
            key_path=self.directory / f"{name}.key",
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )

    def issue_expired(self, name: str, subject: Subject, *, days_ago: float = 1) -> Issued:
        """A certificate that ended `days_ago` days ago."""
        end = datetime.now(UTC) - timedelta(days=days_ago)
        return self.issue(name, subject, not_before=end - timedelta(days=365), not_after=end)

    def issue_not_yet_valid(self, name: str, subject: Subject, *, days_ahead: float = 1) -> Issued:
        """A certificate that begins `days_ahead` days from now."""
        return self.issue(name, subject, not_before=datetime.now(UTC) + timedelta(days=days_ahead))

    def revoke(self, issued: Issued, *, reason: str = "keyCompromise") -> None:
        """Mark a certificate as revoked now; the next `crl` tells of it.

        Args:
            issued: from this authority.
            reason: `unspecified`, `keyCompromise`, `affiliationChanged`, `superseded`, `cessationOfOperation`, ...

        Raises:
            OpenSslError: it is revoked already.
        """
        revoke = ("ca", "-name", "issuing", "-revoke", issued.certificate_path, "-crl_reason", reason)
        run_openssl(revoke, config=self.config_path)

    def crl(self, *, last_update: datetime | None = None, next_update: datetime | None = None) -> bytes:
        """A CRL (PEM) of the issuing CA as of now.

        Args:
            last_update: an aware moment, an hour ago by default.
            next_update: an aware moment, a week later by default; in the past makes a stale CRL.
        """
        return self._crl("issuing", last_update, next_update)

    def root_crl(self, *, last_update: datetime | None = None, next_update: datetime | None = None) -> bytes:
        """A CRL (PEM) of the root, which tells of issuing CAs; see `crl`."""
        return self._crl("root", last_update, next_update)

    def stale_crl(self) -> bytes:
        """A CRL (PEM) of the issuing CA whose nextUpdate passed yesterday."""
        ended = datetime.now(UTC) - timedelta(days=1)
        return self.crl(last_update=ended - timedelta(days=7), next_update=ended)

    def _crl(self, ca: str, last_update: datetime | None, next_update: datetime | None) -> bytes:
        start = last_update or datetime.now(UTC) - timedelta(hours=1)
        end = next_update or start + timedelta(days=7)
        dates = ("-crl_lastupdate", _ca_time(start), "-crl_nextupdate", _ca_time(end))
        return run_openssl(("ca", "-name", ca, "-gencrl", *dates), config=self.config_path)


def _make_key(path: Path, *, algorithm: str, config: Path, passphrase: str | None = None) -> None:
    kind, option = _KEYS[algorithm]
    key = run_openssl(("genpkey", "-algorithm", kind, "-pkeyopt", option), config=config)
    if passphrase is not None:
        encrypt = ("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", f"env:{_PASSPHRASE_VARIABLE}")
        key = run_openssl(encrypt, stdin=key, config=config, environment={_PASSPHRASE_VARIABLE: passphrase})
    path.touch(mode=0o600)
    path.write_bytes(key)


def _request(key: Path, distinguished_name: str, config: Path, passphrase: str | None = None) -> bytes:
    command = ("req", "-new", "-key", key, "-utf8", "-subj", distinguished_name)
    environment = {_PASSPHRASE_VARIABLE: passphrase or ""}
    return run_openssl((*command, "-passin", f"env:{_PASSPHRASE_VARIABLE}"), config=config, environment=environment)


def _leaf_extensions(key_usage: str, crl_url: str | None, extended_key_usage: str | None) -> str:
    lines = [
        "basicConstraints = critical,CA:FALSE",
        f"keyUsage = critical,{key_usage}",
        "certificatePolicies = 1.2.643.100.113.1",  # class KC1 of signature tools
        "subjectKeyIdentifier = hash",
        "authorityKeyIdentifier = keyid",
    ]
    if extended_key_usage is not None:
        lines.append(f"extendedKeyUsage = critical,{extended_key_usage}")
    if crl_url is not None:
        lines.append(f"crlDistributionPoints = URI:{crl_url}")
    return "\n".join(lines) + "\n"


def _ca_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _escaped(value: str) -> str:
    """Quote what `-subj` reads as syntax."""
    return re.sub(r"([\\/+])", r"\\\1", value)
