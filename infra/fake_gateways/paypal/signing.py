"""PayPal's proof over a webhook, by a certificate of the fake's own authority.

Keys are made once a process: making one takes longer than most tests do.
"""

import base64
from binascii import crc32
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.fake_gateways.paypal.clocks import written

LIVE = "messageverificationcerts.paypal.com"
SANDBOX = "messageverificationcerts.sandbox.paypal.com"
_VALID = (datetime(2015, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC))


class Signer(NamedTuple):
    """Who signs, and how anyone can tell."""

    url: str
    pem: str  # of the certificate alone, as PayPal serves it
    authority: str  # PEM; whoever trusts the fake trusts this
    key: rsa.RSAPrivateKey


@cache
def signer(livemode: bool = False) -> Signer:
    """Return this process's signer."""
    name, host = (LIVE, "api.paypal.com") if livemode else (SANDBOX, "api.sandbox.paypal.com")
    root_key, key = _made_key(), _made_key()
    root = certificate("Fake PayPal root", root_key)
    leaf = certificate(name, key, (root, root_key))
    digest = leaf.fingerprint(SHA256()).hex()[:8]
    url = f"https://{host}/v1/notifications/certs/CERT-360caa42-fca2a594-{digest}"
    return Signer(url, _pem(leaf), _pem(root), key)


def certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None = None,
    valid: tuple[datetime, datetime] = _VALID,
) -> x509.Certificate:
    """Make a certificate: an authority's own, or one for a host that an authority vouches for."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, by_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    public, is_authority = key.public_key(), issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if is_authority:
        builder = builder.add_extension(_key_usage(), critical=True)
    else:
        known = x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key())
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(known, critical=False)
        builder = builder.add_extension(names, critical=False)
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(by_key, SHA256())


def headers(body: bytes, named: tuple[str, str], at_s: float, by: Signer) -> dict[str, str]:
    """Return what PayPal sends beside a webhook's bytes; named are the webhook and the delivery."""
    webhook_id, transmission_id = named
    time = written(at_s)
    message = f"{transmission_id}|{time}|{webhook_id}|{crc32(body)}".encode()
    signature = by.key.sign(message, padding.PKCS1v15(), SHA256())
    return {
        "paypal-transmission-id": transmission_id,
        "paypal-transmission-time": time,
        "paypal-transmission-sig": base64.b64encode(signature).decode(),
        "paypal-auth-version": "v2",
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-cert-url": by.url,
    }


def _made_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _pem(one: x509.Certificate) -> str:
    return one.public_bytes(Encoding.PEM).decode()


def _key_usage() -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **dict.fromkeys(names, False))
