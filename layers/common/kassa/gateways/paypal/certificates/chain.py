"""Whether a certificate is PayPal's: its name, its chain and its time; imports cryptography.

The chain ends at one of DigiCert's roots that certifi knows, or at an authority the merchant chose
to trust beside them, which may be an intermediate that PayPal doesn't send along.
"""

import re
import warnings
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature as NotSigned
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from kassa.core.errors import InvalidSignature
from kassa.gateways.paypal.certificates.store import certificates
from kassa.gateways.webhooks.secrets import WebhookEndpoint

LIVE = "messageverificationcerts.paypal.com"
SANDBOX = "messageverificationcerts.sandbox.paypal.com"
DEPTH_MAX = 4  # certificates between PayPal's and the root
CERTIFICATES_MAX = 10  # in one file

_ROOTS = re.compile(
    r"^# Issuer: [^\n]*O=DigiCert Inc[^-]*(-----BEGIN.*?END CERTIFICATE-----)", re.M | re.S
)


def key(url: str, endpoint: WebhookEndpoint, sent_at: datetime) -> RSAPublicKey:
    """Return the key of the certificate at one of PayPal's URLs, trusted at an instant.

    A certificate goes into the table only once it was trusted, and is checked anew at each use.
    """
    pem = certificates().find(url) or certificates().fetch(url)
    trusted = _trusted(pem, endpoint.authorities, endpoint.mode, sent_at)
    certificates().keep(url, pem)
    return trusted


def has_signed(key: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    """Return whether a key made a signature (RSASSA-PKCS1-v1_5, SHA-256)."""
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except NotSigned:
        return False
    return True


@lru_cache(maxsize=16)  # a chain once walked stands for every delivery of the same second
def _trusted(pem: str, authorities: tuple[str, ...], mode: str, sent_at: datetime) -> RSAPublicKey:
    leaf, *others = _read(pem)
    name = _common_name(leaf)
    if name != LIVE and (name != SANDBOX or mode != "test"):
        raise InvalidSignature("the certificate isn't in PayPal's name")
    anchors = [*_roots(), *(one for text in authorities for one in _read(text))]
    verifier = (
        PolicyBuilder()
        .store(Store(anchors))
        .time(sent_at)
        .max_chain_depth(DEPTH_MAX)
        .build_server_verifier(x509.DNSName(name))
    )
    try:
        verifier.verify(leaf, others)
    except VerificationError as error:
        raise InvalidSignature("the certificate leads to nobody we trust") from error
    public = leaf.public_key()
    if not isinstance(public, RSAPublicKey):
        raise InvalidSignature("the certificate's key isn't an RSA key")
    return public


def _common_name(leaf: x509.Certificate) -> str:
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def _read(pem: str) -> list[x509.Certificate]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise InvalidSignature("the certificate can't be read") from error
    if len(found) > CERTIFICATES_MAX:
        raise InvalidSignature("more certificates than any chain has")
    return found


@cache
def _roots() -> tuple[x509.Certificate, ...]:
    """Return DigiCert's roots, whom PayPal's certificates come from, and no others."""
    text = Path(certifi.where()).read_text("utf-8")
    return tuple(one for pem in _ROOTS.findall(text) for one in _read(pem))
