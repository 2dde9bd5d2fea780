"""A small public key infrastructure, made once a run by the OpenSSL command line with fixed dates.

Everything is issued by ``openssl ca``, which alone can set both dates; the tests judge as of AT. The engine is named in
OPENSSL_CONF without ``dynamic_path``, and that file is never given as ``-config``: read twice, it would fail silently.
"""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gost.certificate import CertificateFacts, read_certificate
from gost.keys import PrivateKey

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
CA_SUBJECT = "/CN=Test CA/O=УЦ тест"
BEGIN, END = "20260101000000Z", "20270101000000Z"

ENGINE = """openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
CRYPT_PARAMS = id-Gost28147-89-CryptoPro-A-ParamSet
"""

REQUEST = """oid_section = oids
[oids]
INNLE = 1.2.643.100.4
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
"""

CA = """[ca]
default_ca = this
[this]
dir = {directory}
database = $dir/index.txt
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir
default_md = {md}
policy = policy
unique_subject = no
email_in_dn = no
string_mask = utf8only
crl_extensions = crl_extensions
[policy]
commonName = supplied
organizationName = optional
surname = optional
givenName = optional
[anonymous]
[crl_extensions]
authorityKeyIdentifier = keyid
[for_users]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@users
[users]
onlyuser = TRUE
[for_authorities]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@authorities
[authorities]
onlyCA = TRUE
[for_a_place]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@place
[place]
fullname = URI:http://crl.invalid/test.crl
[for_another_place]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@another_place
[another_place]
fullname = URI:http://crl.invalid/other.crl
[for_others]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@others
[others]
indirectCRL = TRUE
[for_some_reasons]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical,@reasons
[reasons]
onlysomereasons = keyCompromise
[delta]
authorityKeyIdentifier = keyid
2.5.29.27 = critical,ASN1:INTEGER:1
[strange]
authorityKeyIdentifier = keyid
1.2.3.4.5 = critical,ASN1:NULL
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[unstated]
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[no_lists]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[unnamed]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = none
authorityKeyIdentifier = none
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://crl.invalid/test.crl
certificatePolicies = 1.2.643.100.113.1,1.2.643.100.113.2
authorityInfoAccess = OCSP;URI:http://ocsp.invalid/,caIssuers;URI:http://ca.invalid/ca.crt
extendedKeyUsage = clientAuth,1.2.643.2.2.34.6
[qualified]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 1.2.643.100.113.1,1.2.643.100.113.2
1.2.643.100.111 = ASN1:FORMAT:UTF8,UTF8String:Средство ЭП
1.2.643.100.112 = ASN1:SEQUENCE:tools
[tools]
one = FORMAT:UTF8,UTF8String:Средство УЦ
two = FORMAT:UTF8,UTF8String:ПАК УЦ
three = FORMAT:UTF8,UTF8String:СФ/124-0001
four = FORMAT:UTF8,UTF8String:СФ/128-0002
[answers]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
authorityKeyIdentifier = keyid
[agreement]
basicConstraints = critical,CA:FALSE
keyUsage = critical,keyAgreement
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[twin]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[critical]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
1.2.3.4.5 = critical,ASN1:NULL
"""

# name: options of `openssl genpkey`, digest for requests and certificates
KEY_KINDS = {
    "256-TCA": (["-algorithm", "gost2012_256", "-pkeyopt", "paramset:TCA"], "md_gost12_256"),
    "256-A": (["-algorithm", "gost2012_256", "-pkeyopt", "paramset:A"], "md_gost12_256"),
    "512-A": (["-algorithm", "gost2012_512", "-pkeyopt", "paramset:A"], "md_gost12_512"),
    "RSA": (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "sha256"),
    "ECDSA": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256"),
}
OUTDATED_KIND = "RSA-SHA1"
SMALL_KIND = "RSA-1024"
ALL_KINDS = KEY_KINDS | {
    OUTDATED_KIND: (KEY_KINDS["RSA"][0], "sha1"),
    SMALL_KIND: (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "sha256"),
}


@dataclass(frozen=True)
class Owner:
    """A certificate with its private key, as files and as our objects."""

    key_file: Path
    certificate_file: Path

    @property
    def certificate(self) -> CertificateFacts:
        return read_certificate(self.certificate_file.read_bytes())

    def open_key(self) -> PrivateKey:
        return PrivateKey.from_pem(self.key_file.read_bytes())


class OpenSsl:
    """The command line with the GOST engine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._config = directory / "engine.cnf"
        self._config.write_text(ENGINE)
        (directory / "request.cnf").write_text(REQUEST)

    def run(self, *arguments: object, succeeds: bool = True) -> bytes:
        command = ["openssl", *map(str, arguments)]
        environment = {"OPENSSL_CONF": str(self._config), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
        assert (done.returncode == 0) is succeeds, (command, done.stdout, done.stderr)
        return done.stdout

    def sign(self, owner: Owner, document: bytes, *options: object) -> bytes:
        source, target = self.directory / "document", self.directory / "signature.p7s"
        source.write_bytes(document)
        signer = ["-signer", owner.certificate_file, "-inkey", owner.key_file]
        target.unlink(missing_ok=True)
        self.run(
            "cms",
            "-sign",
            "-binary",
            "-in",
            source,
            *signer,
            "-outform",
            "DER",
            "-nosmimecap",
            "-out",
            target,
            *options,
        )
        return target.read_bytes()

    def verifies(self, cms: bytes, document: bytes, anchor: Owner, *, succeeds: bool = True) -> None:
        source, signature = self.directory / "document", self.directory / "signature.p7s"
        source.write_bytes(document)
        signature.write_bytes(cms)
        what = ["-inform", "DER", "-in", signature, "-content", source, "-CAfile", anchor.certificate_file]
        when = ["-attime", str(int(AT.timestamp())), "-purpose", "any"]
        self.run("cms", "-verify", "-binary", "-cades", *what, *when, "-out", "/dev/null", succeeds=succeeds)


class Authority(Owner):
    """A CA: issues, revokes, publishes lists."""

    def __init__(
        self, openssl: OpenSsl, name: str, *, kind: str = "256-TCA", subject: str = "/CN=Test CA/O=УЦ тест"
    ) -> None:
        directory = openssl.directory / name
        directory.mkdir()
        self._openssl, self.directory, self.subject, self.kind = openssl, directory, subject, kind
        super().__init__(directory / "ca.key", directory / "ca.crt")
        (directory / "ca.cnf").write_text(CA.format(directory=directory, md=ALL_KINDS[kind][1]))
        (directory / "index.txt").touch()
        (directory / "serial").write_text("1001\n")
        (directory / "crlnumber").write_text("01\n")
        openssl.run("genpkey", *ALL_KINDS[kind][0], "-out", self.key_file)

    def sign_itself(self, *, extensions: str = "root", begin: str = BEGIN, end: str = "20360101000000Z") -> "Authority":
        self._issue(
            self.key_file, self.certificate_file, self.subject, extensions, begin, end, self.kind, ["-selfsign"]
        )
        return self

    def certify(self, other: "Authority", *, extensions: str = "intermediate", end: str = END) -> "Authority":
        by = ["-cert", self.certificate_file]
        self._issue(other.key_file, other.certificate_file, other.subject, extensions, BEGIN, end, other.kind, by)
        return other

    def issue(
        self,
        name: str,
        *,
        subject: str = "/CN=Tester",
        extensions: str = "leaf",
        begin: str = BEGIN,
        end: str = END,
        kind: str = "256-TCA",
    ) -> Owner:
        owner = Owner(self.directory / f"{name}.key", self.directory / f"{name}.crt")
        self._openssl.run("genpkey", *ALL_KINDS[kind][0], "-out", owner.key_file)
        by = ["-cert", self.certificate_file]
        self._issue(owner.key_file, owner.certificate_file, subject, extensions, begin, end, kind, by)
        return owner

    def copy(self, openssl: OpenSsl, name: str, *, serial: str) -> "Authority":
        """The same CA with books of its own, which will give out ``serial`` next."""
        again = Authority(openssl, name, kind=self.kind, subject=self.subject)
        again.key_file.write_bytes(self.key_file.read_bytes())
        again.certificate_file.write_bytes(self.certificate_file.read_bytes())
        (again.directory / "serial").write_text(f"{serial}\n")
        return again

    def certify_again(self, owner: Owner, name: str) -> Owner:
        """A certificate with other extensions for a key that has one."""
        again = Owner(owner.key_file, self.directory / f"{name}.crt")
        by = ["-cert", self.certificate_file]
        self._issue(again.key_file, again.certificate_file, "/CN=Tester", "twin", BEGIN, END, "256-TCA", by)
        return again

    def revoke(self, owner: Owner, *, since: str = "260515000000Z") -> None:
        self._openssl.run(*self._ca(), "-cert", self.certificate_file, "-revoke", owner.certificate_file)
        index = self.directory / "index.txt"  # the command writes the time of the clock
        lines = [line.split("\t") for line in index.read_text().splitlines()]
        for line in lines:
            if line[3] == owner.certificate.serial_number:
                line[2] = since
        index.write_text("".join("\t".join(line) + "\n" for line in lines))

    def crl(
        self, *, begin: str = "20260601000000Z", end: str = "20260602000000Z", extensions: str = "crl_extensions"
    ) -> bytes:
        by = ["-cert", self.certificate_file, "-crl_lastupdate", begin, "-crl_nextupdate", end]
        return self._openssl.run(*self._ca(), "-gencrl", *by, "-crlexts", extensions)

    def _ca(self) -> list[object]:
        return ["ca", "-batch", "-preserveDN", "-config", self.directory / "ca.cnf", "-keyfile", self.key_file]

    def _issue(
        self,
        key: Path,
        target: Path,
        subject: str,
        extensions: str,
        begin: str,
        end: str,
        kind: str,
        by: Iterable[object],
    ) -> None:
        request = target.with_suffix(".csr")
        config = ["-config", self._openssl.directory / "request.cnf", "-utf8", f"-{ALL_KINDS[kind][1]}"]
        self._openssl.run("req", "-new", "-key", key, "-subj", subject, *config, "-out", request)
        dates = ["-startdate", begin, "-enddate", end, "-extensions", extensions, "-notext"]
        self._openssl.run(*self._ca(), *by, *dates, "-in", request, "-out", target)
