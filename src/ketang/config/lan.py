"""The demo on the local network: this host's addresses and a certificate of its own making.

A phone gives camera, position and offline storage only to pages over HTTPS.
"""

import ipaddress
import os
import socket
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ketang.kernel.clock import now

VALID_DAYS = 397  # Apple's limit for certificates that a device is to accept


def addresses() -> list[str]:
    """IPv4 addresses of this host that others on the network can reach."""
    found = set()
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # RFC 5737: sends nothing, names the way out
        found.add(probe.getsockname()[0])
    with suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return sorted(a for a in found if not ipaddress.ip_address(a).is_loopback)


def names() -> list[str]:
    host = socket.gethostname()
    return ["localhost", host, f"{host}.local"]


def certificate(folder: Path, ips: list[str]) -> tuple[Path, Path]:
    """Certificate and key for ``ips``; the one there is kept while it fits and is not about to end."""
    cert, key = folder / "lan.crt", folder / "lan.key"
    if not (cert.exists() and key.exists() and _fits(cert, ips)):
        _make(cert, key, ips)
    return cert, key


def _fits(cert: Path, ips: list[str]) -> bool:
    try:
        known = x509.load_pem_x509_certificate(cert.read_bytes())
        covered = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    lasting = known.not_valid_after_utc > now() + timedelta(days=7)
    return lasting and set(ips) <= {str(ip) for ip in covered.get_values_for_type(x509.IPAddress)}


def _make(cert: Path, key: Path, ips: list[str]) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ketang demo")])
    alternatives = [x509.DNSName(n) for n in names()] + [
        x509.IPAddress(ipaddress.ip_address(ip)) for ip in ["127.0.0.1", *ips]
    ]
    built = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    _write(key, private.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    _write(cert, built.public_bytes(pem))


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
