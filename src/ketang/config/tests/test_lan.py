import ssl
import stat

from cryptography import x509

from ketang.config import lan


def test_the_certificate_names_every_address_and_serves_tls(tmp_path):
    cert, key = lan.certificate(tmp_path, ["192.168.3.7"])
    names = x509.load_pem_x509_certificate(cert.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {str(ip) for ip in names.value.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "192.168.3.7"}
    assert "localhost" in names.value.get_values_for_type(x509.DNSName)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)


def test_the_certificate_is_kept_until_the_address_changes(tmp_path):
    cert, _ = lan.certificate(tmp_path, ["192.168.3.7"])
    first = cert.read_bytes()
    assert lan.certificate(tmp_path, ["192.168.3.7"])[0].read_bytes() == first
    assert lan.certificate(tmp_path, ["192.168.3.8"])[0].read_bytes() != first


def test_a_broken_certificate_is_made_again(tmp_path):
    cert, _ = lan.certificate(tmp_path, [])
    cert.write_text("not a certificate")
    lan.certificate(tmp_path, [])
    x509.load_pem_x509_certificate(cert.read_bytes())


def test_loopback_is_no_address_for_phones():
    assert not [a for a in lan.addresses() if a.startswith("127.")]
