"""The settings decide who the bot is to Microsoft."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.identity.aio import (
    CertificateCredential,
    ChainedTokenCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.credential import CredentialUnusable, credential_for
from bot.settings import Settings
from tests.app.test_settings import GOOD
from tests.journeys.quick import keys


def settings(**values: Any) -> Settings:
    """Good settings and these."""
    return Settings.model_validate(GOOD | values)


async def test_a_secret() -> None:
    """A secret makes a client secret credential."""
    async with credential_for(settings(client_secret="hush")) as credential:
        assert isinstance(credential, ClientSecretCredential)


async def test_a_certificate(tmp_path: Path) -> None:
    """A PEM file with key and certificate makes a certificate credential."""
    key, now = keys()[0], datetime(2026, 11, 25, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ward-rhythms")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    pem = tmp_path / "bot.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    )

    async with credential_for(settings(client_certificate=pem)) as credential:
        assert isinstance(credential, CertificateCredential)


def test_a_certificate_that_is_none() -> None:
    """A file that is no PEM with a key is refused at the start."""
    with pytest.raises(CredentialUnusable):
        credential_for(settings(client_certificate=__file__))


async def test_the_place_it_runs_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without either, it is a managed identity; where a workload identity is set up, that one first."""
    monkeypatch.delenv("AZURE_FEDERATED_TOKEN_FILE", raising=False)
    async with credential_for(settings()) as managed:
        pass
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))
    async with credential_for(settings()) as chained:
        pass

    assert isinstance(managed, ManagedIdentityCredential)
    assert isinstance(chained, ChainedTokenCredential)
