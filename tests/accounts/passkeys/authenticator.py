"""A software passkey: answers like a phone's secure element, and can also give forged answers."""

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Authenticator:
    def __init__(self, origin: str = "http://testserver", number: bytes = b"k" * 16) -> None:
        self.origin, self.number, self.count = origin, number, 0
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.flags = PRESENT_AND_VERIFIED

    def create(self, options: dict[str, Any]) -> str:
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid(bytes(16)), self.number, public)
        data = AuthenticatorData.create(
            sha256(options["publicKey"]["rp"]["id"].encode()),
            self.flags | AuthenticatorData.FLAG.AT,
            self.count,
            bytes(credential),
        )
        client = self._client("webauthn.create", options)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(clientDataJSON=client, attestationObject=bytes(attestation))

    def get(self, options: dict[str, Any]) -> str:
        domain = options["publicKey"]["rpId"]
        data = AuthenticatorData.create(sha256(domain.encode()), self.flags, self.count)
        client = self._client("webauthn.get", options)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=bytes(data), signature=signature)

    def _client(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        challenge = options["publicKey"]["challenge"]
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, **response: bytes) -> str:
        number = websafe_encode(self.number)
        parts = {name: websafe_encode(bytes(value)) for name, value in response.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": parts})
