"""The deployment command line: `python -m deployment package`, `provision`, `check`, `lists` and `views`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from azure.identity.aio import DefaultAzureCredential

from bot.addresses import MICROSOFT
from bot.domain.commands import COMMANDS
from bot.domain.ward_forms import is_web_address
from deployment.manifest import Details, problems
from deployment.package import package, project_version
from deployment.provision import NO_APP_ID, check_site, provision_site
from deployment.sharepoint_papers import lists_table
from deployment.sharepoint_views import site_script_text

PUT_RIGHT = "Nothing was written. Please put these right:"
WRITTEN = "Wrote {file}. Upload it in the Teams admin centre: Teams apps, Manage apps, Upload new app."
NOT_WRITTEN = "Could not write {file}: {reason}"
NOT_A_SITE = (
    "--site: {site!r} is not the address of a SharePoint site, such as https://example.sharepoint.com/sites/care."
)

app = typer.Typer(help="Put Ward Rhythms into a Teams tenant.", no_args_is_help=True, add_completion=False)


@app.command("package")
def write_package(
    *,
    app_id: Annotated[str, typer.Option(help="The bot's application (client) id in Entra.")],
    domain: Annotated[str, typer.Option(help="The host name the bot answers on, such as bot.example.nhs.uk.")],
    out: Annotated[Path, typer.Option(help="The zip to write.")] = Path("ward-rhythms.zip"),
    name: Annotated[str, typer.Option(help="What people see in Teams, at most 30 characters.")] = "Ward Rhythms",
    developer: Annotated[str, typer.Option(help="Who runs it, at most 32 characters.")] = "Ward Rhythms",
    website: Annotated[str | None, typer.Option(help="Where to get help. Default: https://DOMAIN")] = None,
    privacy: Annotated[str | None, typer.Option(help="Your privacy notice. Default: https://DOMAIN/privacy")] = None,
    terms: Annotated[str | None, typer.Option(help="Your terms of use. Default: https://DOMAIN/terms")] = None,
) -> None:
    """Write the Teams app package. Everything wrong with what was asked is said at once, with exit code 2."""
    home = f"https://{domain}"
    details = Details(
        app_id=app_id,
        domain=domain,
        name=name,
        developer=developer,
        website=website or home,
        privacy=privacy or f"{home}/privacy",
        terms=terms or f"{home}/terms",
    )
    if found := problems(details):
        typer.echo("\n- ".join([PUT_RIGHT, *found]), err=True)
        raise typer.Exit(2)
    try:
        out.write_bytes(package(details, COMMANDS, project_version()))
    except OSError as error:
        typer.echo(NOT_WRITTEN.format(file=out, reason=error.strerror), err=True)
        raise typer.Exit(1) from error
    typer.echo(WRITTEN.format(file=out))


@app.command("provision")
def provision_lists(
    *,
    site: Annotated[str, typer.Option(help="The SharePoint site's address.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is missing, and make nothing.")] = False,
    app_id: Annotated[str, typer.Option(help="The bot's application (client) id, for the grant to print.")] = NO_APP_ID,
) -> None:
    """Make the SharePoint lists and columns that are missing, and print the grant that the bot's own identity needs.

    Runs as the app that is signed in (az login --service-principal, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET), with the
    application permission Sites.Manage.All; take it away again afterwards, as it is for every site. A person's az login is refused.
    """
    _check_address(site)
    done = asyncio.run(
        provision_site(MICROSOFT.graph, DefaultAzureCredential(), site, typer.echo, dry_run=dry_run, app_id=app_id)
    )
    raise typer.Exit(0 if done else 1)


@app.command("check")
def check_lists(*, site: Annotated[str, typer.Option(help="The SharePoint site's address.")]) -> None:
    """Compare a site's lists with what they should be, column by column. Exit code 1 where something is to be put right."""
    _check_address(site)
    well = asyncio.run(check_site(MICROSOFT.graph, DefaultAzureCredential(), site, typer.echo))
    raise typer.Exit(0 if well else 1)


@app.command("lists")
def print_lists() -> None:
    """Print every list and column as a Markdown table (deployment/sharepoint/lists.md)."""
    typer.echo(lists_table(), nl=False)


@app.command("views")
def print_views() -> None:
    """Print the site script that adds views to the lists (deployment/sharepoint/site-script.json)."""
    typer.echo(site_script_text(), nl=False)


def _check_address(site: str) -> None:
    if not is_web_address(site):
        typer.echo(NOT_A_SITE.format(site=site), err=True)
        raise typer.Exit(2)


if __name__ == "__main__":
    app(prog_name="python -m deployment")
