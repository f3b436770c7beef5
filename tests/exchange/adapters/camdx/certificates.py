"""Certificates and keys of the tests, generated for each run."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def private_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return key


class Authority:
    """Signs certificates: ``<name>.pem`` with the key in ``<name>.key``; its own is ``<name>-ca.pem``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = private_key(folder / f"{name}-ca.key")
        self.file = folder / f"{name}-ca.pem"
        self._write(self.file, name, self.key, x509.BasicConstraints(ca=True, path_length=0))

    def certificate(self, name: str, address: str = "127.0.0.1") -> Path:
        file = self.folder / f"{name}.pem"
        key = private_key(self.folder / f"{name}.key")
        self._write(file, name, key, x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]))
        return file

    def _write(
        self, file: Path, name: str, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
    ) -> None:
        now = datetime.now(UTC)
        signed = (
            x509.CertificateBuilder(
                x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)]),
                x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
                key.public_key(),
                x509.random_serial_number(),
            )
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self.key, hashes.SHA256())
        )
        file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
