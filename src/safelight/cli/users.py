"""``safelight users``: who may sign in; whether the service runs or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from safelight.accounts.role import Role
    from safelight.service import Service

app = typer.Typer(help="See to users: who may sign in, and what they may do.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the user.", show_default=False)]
RoleOption = Annotated[str, typer.Option(help="What they may do: user, operator or admin.")]


@app.command("list")
def list_users() -> None:
    """Show all users."""
    from rich.markup import escape

    from safelight.cli.listing import at, print_rows

    rows = [
        (escape(one.name), one.role.value, "disabled" if one.disabled else "", at(one.created_at), at(one.signed_in_at))
        for one in opened().users.all()
    ]
    print_rows(("name", "role", "", "made", "signed in"), rows)


@app.command("add")
def add(
    name: Name,
    role: RoleOption = "user",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password, or read it from a pipe; else a link is made.")
    ] = False,
) -> None:
    """Make a user. From the first one, who has to be an admin, everybody signs in."""
    from safelight.accounts.names import checked_name

    service, wanted, checked = opened(), _role(role), checked_name(name)
    hashed = _asked_password() if password else None
    service.users.add(checked, wanted, hashed)
    service.audit.note("user_added", about=f"{checked} ({wanted})")
    typer.echo(f"{checked}: made, {wanted}")
    if hashed is None:
        _print_link(service, service.invites.make(wanted, user=checked)[0])


@app.command("role")
def change_role(name: Name, role: Annotated[str, typer.Argument(help="user, operator or admin.")]) -> None:
    """Change what a user may do."""
    from safelight.accounts.names import known_name

    service = opened()
    found = service.users.change(known_name(name), role=_role(role))
    service.audit.note("user_changed", about=f"{found.name}: role {found.role}")
    typer.echo(f"{found.name}: {found.role}")


@app.command("disable")
def disable(name: Name) -> None:
    """Let nothing let a user in any more; what is theirs stays."""
    _set_disabled(name, disabled=True)


@app.command("enable")
def enable(name: Name) -> None:
    """Let a user in again."""
    _set_disabled(name, disabled=False)


@app.command("password")
def password(name: Name) -> None:
    """Give a user a new password; it is asked for, or read from a pipe. All their sessions end."""
    from safelight.accounts.names import known_name

    service, known = opened(), known_name(name)
    service.users.get(known)
    service.users.change(known, password=_asked_password())
    service.audit.note("user_changed", about=f"{known}: a new password")
    typer.echo(f"{known}: has a new password")


@app.command("invite")
def invite(
    name: Annotated[
        str | None, typer.Argument(help="Who is to choose a new password; none = somebody new.", show_default=False)
    ] = None,
    role: RoleOption = "user",
    admin: Annotated[bool, typer.Option("--admin", help="The same as --role admin.")] = False,
) -> None:
    """Make a link that works once: somebody new makes an account with it, or a user chooses a new password."""
    from safelight.accounts.names import known_name
    from safelight.accounts.role import Role
    from safelight.tasks.accounts.invites import FIRST_MS, LATER_MS

    service = opened()
    first = not service.users.any()
    wanted = Role.ADMIN if admin else _role(role)
    if first and wanted is not Role.ADMIN:
        raise typer.BadParameter("the first user has to be an admin", param_hint="--role")
    user = known_name(name) if name else None
    code, made = service.invites.make(wanted, user=user, valid_ms=FIRST_MS if first else LATER_MS)
    service.audit.note("invite_made", about=made.user or f"somebody new ({made.role})")
    _print_link(service, code)


def opened() -> Service:
    """The service's tables, as they are in this version."""
    from safelight.engine.logs import configure
    from safelight.service import Service
    from safelight.settings import load_settings
    from safelight.tasks.migrate import migrate

    # What is noted for the audit log is also a line of the log, and what is printed here may be read by a program.
    configure("warning", worker="console")
    service = Service(load_settings())
    migrate(service.database)
    return service


def _set_disabled(name: str, *, disabled: bool) -> None:
    from safelight.accounts.names import known_name

    service, word = opened(), "disabled" if disabled else "enabled"
    found = service.users.change(known_name(name), disabled=disabled)
    service.audit.note("user_changed", about=f"{found.name}: {word}")
    typer.echo(f"{found.name}: {word}")


def _role(text: str) -> Role:
    from safelight.accounts.role import Role

    try:
        return Role(text)
    except ValueError as error:
        raise typer.BadParameter(f"choose from {', '.join(Role)}", param_hint="role") from error


def _asked_password() -> str:
    """Ask for a password, or read it from a pipe; gives its hash."""
    import sys

    from safelight.accounts.password import Passwords

    if sys.stdin.isatty():
        text = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\r\n")
    return Passwords().hashed(text)


def _print_link(service: Service, code: str) -> None:
    from safelight.cli.serve import address_of_pages

    settings = service.settings
    typer.echo(f"The link works once:\n  {address_of_pages(settings, settings.port, public=True)}/welcome#{code}")
