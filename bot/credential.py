"""Who the bot is to Microsoft: one azure-identity credential for the Connector and for Graph."""

from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import (
    CertificateCredential,
    ChainedTokenCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from bot.settings import Settings


class CredentialUnusable(Exception):
    """The certificate of the settings cannot be read."""


def credential_for(settings: Settings) -> AsyncTokenCredential:
    """The secret or certificate of the settings; without either, the identity of the place it runs in (workload, then managed identity).

    Raises:
        CredentialUnusable: the certificate's file is no PEM with a key.
    """
    tenant, app = str(settings.tenant_id), str(settings.app_id)
    if settings.client_secret is not None:
        return ClientSecretCredential(tenant, app, settings.client_secret.get_secret_value())
    if settings.client_certificate is not None:
        try:
            return CertificateCredential(tenant, app, certificate_path=str(settings.client_certificate))
        except (ValueError, TypeError, OSError) as error:
            raise CredentialUnusable from error
    managed = ManagedIdentityCredential(client_id=app)
    try:
        return ChainedTokenCredential(WorkloadIdentityCredential(tenant_id=tenant, client_id=app), managed)
    except ValueError:  # no workload identity is set up here (azure-identity says so when it is made)
        return managed
