"""What every place that holds keys must do; a class per backend gives it a seller's key and takes it away."""

import abc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from gost.certificate import CertificateFacts
from gost.keys import PublicKey
from signer_agent.keys.port import KeyBackend, KeyBackendError, KeyMissingError, KeyUnavailableError

ATTRIBUTES = b"1\x81signed attributes that the agent built"
ABSENT = "0" * 40


class KeyRig(abc.ABC):
    """One backend over one place with a key that signs and a certificate without one."""

    backend: KeyBackend
    seller: CertificateFacts
    """Its key is here and needs nobody."""
    bare: CertificateFacts
    """Its key is elsewhere."""

    @abc.abstractmethod
    def take_away(self) -> None:
        """Make the seller's key impossible to reach: token out, folder away."""

    @abc.abstractmethod
    def put_back(self) -> None:
        """Undo it."""

    @abc.abstractmethod
    def add(self) -> CertificateFacts:
        """Put one more certificate with its key there."""

    @abc.abstractmethod
    def refresh(self) -> None:
        """Let the backend look again, as it does after its interval."""

    @property
    def seen_when_away(self) -> Sequence[str]:
        """What `certificates` shows while the key is away: what was there stays known."""
        return (self.seller.thumbprint,)


class KeyBackendContract:
    """Subclass it and give a fixture `rig`."""

    def test_certificates_are_told_with_and_without_their_keys(self, rig: KeyRig) -> None:
        held = rig.backend.certificates()

        assert held[rig.seller.thumbprint].facts == rig.seller
        assert held[rig.seller.thumbprint].has_private_key
        assert not held[rig.seller.thumbprint].locked
        assert held[rig.bare.thumbprint].facts == rig.bare
        assert (held[rig.bare.thumbprint].has_private_key, held[rig.bare.thumbprint].container) == (False, "")
        assert rig.backend.name

    def test_a_signature_verifies_by_the_certificate_as_cms_holds_it(self, rig: KeyRig) -> None:
        signature = rig.backend.sign(rig.seller.thumbprint, ATTRIBUTES)

        public_key = PublicKey.from_certificate(rig.seller)
        assert public_key.verify(ATTRIBUTES, signature)
        assert not public_key.verify(ATTRIBUTES + b"x", signature)

    def test_any_bytes_are_signed_exactly(self, rig: KeyRig) -> None:
        every_byte = bytes(range(256)) * 40 + b"\r\n\x1a\x00"

        signature = rig.backend.sign(rig.seller.thumbprint, every_byte)

        assert PublicKey.from_certificate(rig.seller).verify(every_byte, signature)

    @pytest.mark.parametrize("which", ["absent", "bare"])
    def test_without_a_key_nothing_is_signed(self, rig: KeyRig, which: str) -> None:
        thumbprint = ABSENT if which == "absent" else rig.bare.thumbprint

        with pytest.raises(KeyMissingError):
            rig.backend.sign(thumbprint, ATTRIBUTES)

    def test_several_threads_sign_at_once(self, rig: KeyRig) -> None:
        with ThreadPoolExecutor(4) as threads:
            signatures = list(
                threads.map(lambda number: rig.backend.sign(rig.seller.thumbprint, b"document %d" % number), range(8))
            )

        public_key = PublicKey.from_certificate(rig.seller)
        assert all(public_key.verify(b"document %d" % number, made) for number, made in enumerate(signatures))

    def test_a_key_that_is_away_for_a_while_signs_again_when_it_is_back(self, rig: KeyRig) -> None:
        rig.take_away()
        rig.refresh()
        assert set(rig.seen_when_away) <= set(rig.backend.certificates())
        self.check_away(rig)

        rig.put_back()
        rig.refresh()
        signature = rig.backend.sign(rig.seller.thumbprint, ATTRIBUTES)
        assert PublicKey.from_certificate(rig.seller).verify(ATTRIBUTES, signature)

    def check_away(self, rig: KeyRig) -> None:
        """What a signature says meanwhile: that asking again may help."""
        with pytest.raises(KeyUnavailableError):
            rig.backend.sign(rig.seller.thumbprint, ATTRIBUTES)

    def test_a_certificate_added_later_is_found(self, rig: KeyRig) -> None:
        added = rig.add()
        rig.refresh()

        assert rig.backend.certificates()[added.thumbprint].has_private_key
        signature = rig.backend.sign(added.thumbprint, ATTRIBUTES)
        assert PublicKey.from_certificate(added).verify(ATTRIBUTES, signature)

    def test_a_certificate_is_the_same_object_while_nothing_changes(self, rig: KeyRig) -> None:
        before = rig.backend.certificates()[rig.seller.thumbprint]
        rig.refresh()

        assert rig.backend.certificates()[rig.seller.thumbprint] is before  # templates are kept by it

    def test_after_close_it_knows_and_signs_nothing(self, rig: KeyRig) -> None:
        rig.backend.close()
        rig.backend.close()

        assert not rig.backend.certificates()
        with pytest.raises(KeyBackendError):
            rig.backend.sign(rig.seller.thumbprint, ATTRIBUTES)
