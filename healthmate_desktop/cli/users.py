"""`user`: who can sign in, and whose records are in their care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from healthmate_desktop.cli.output import Context, Json
from healthmate_desktop.cli.session import read_new_passphrase, unlocked
from healthmate_desktop.domain.ids import PatientId, UserId
from healthmate_desktop.domain.sessions import Role, Sees
from healthmate_desktop.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from healthmate_desktop.composition import Services
    from healthmate_desktop.domain.sessions import Grant, User

app = typer.Typer(no_args_is_help=True)
RoleOption = Annotated[str, typer.Option(help="owner, clinician, assistant or auditor")]
SeesOption = Annotated[str, typer.Option(help="all people, or those assigned to them")]
WARNING = "All who can sign in share one vault key: with skill, each of them could read everything."


@app.command("list")
def list_users(ctx: typer.Context) -> None:
    """List who can sign in."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        users = services.users.all()
    context.say(
        {"users": [_json(user) for user in users]},
        (
            *(f"{u.name}: {u.role}, sees {u.sees}{'' if u.active else ', removed'}" for u in users),
            WARNING,
        ),
    )


@app.command()
def add(
    ctx: typer.Context, name: str, role: RoleOption = "clinician", sees: SeesOption = "all"
) -> None:
    """Let someone sign in with a passphrase of their own."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        user = services.users.add(name, _role(role), _sees(sees), read_new_passphrase())
    context.say({"user": _json(user)}, (f"{user.name} can sign in.", WARNING))


@app.command()
def change(ctx: typer.Context, name: str, role: RoleOption = "", sees: SeesOption = "") -> None:
    """Change a role, or which people someone sees."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        user = _named(services, name)
        new_role = _role(role) if role else user.role
        new_sees = _sees(sees) if sees else user.sees
        changed = services.users.change(user.id, role=new_role, sees=new_sees)
    context.say({"user": _json(changed)}, (f"{changed.name}: {changed.role}, {changed.sees}",))


@app.command()
def remove(ctx: typer.Context, name: str) -> None:
    """Someone can't sign in any more. Run `vault rotate` after it, so that old copies help them no further."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        user = _named(services, name)
        services.users.remove(user.id)
    context.say(
        {"removed": user.id},
        (f"{user.name} can't sign in any more.", "Now run: healthmate-cli vault rotate"),
    )


@app.command()
def assign(ctx: typer.Context, name: str, person: str) -> None:
    """Give a person, named by their id, into someone's care."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        grant = services.users.assign(_named(services, name).id, PatientId(person))
    context.say({"grant": _grant_json(grant)}, ("Assigned.",))


@app.command()
def unassign(ctx: typer.Context, name: str, person: str) -> None:
    """Take a person out of someone's care."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        grants = services.users.grants(_named(services, name).id)
        ended = [grant for grant in grants if grant.patient_id == person]
        for grant in ended:
            services.users.end_grant(grant.id)
    context.say({"ended": len(ended)}, (f"{len(ended)} ended.",))


@app.command()
def emergency(
    ctx: typer.Context,
    person: str,
    reason: Annotated[str, typer.Option(help="Why; an owner will read it")],
) -> None:
    """Open the records of a person outside one's care for 60 minutes. It is logged and an owner is told."""
    context: Context = ctx.obj
    with unlocked(context) as services:
        grant = services.users.open_in_emergency(PatientId(person), reason)
    context.say(
        {"grant": _grant_json(grant)},
        (f"Open until {grant.until.astimezone():%H:%M}." if grant.until else "Open.",),
    )


def _named(services: Services, name: str) -> User:
    for user in services.users.all():
        if user.active and user.name.casefold() == name.strip().casefold():
            return user
    raise NotFound("Nobody of that name can sign in here. Look at: healthmate-cli user list.")


def _role(text: str) -> Role:
    for role in get_args(Role):
        if text == role:
            return role  # type: ignore[no-any-return]  # one of the literals
    raise InvalidInput("A role is one of owner, clinician, assistant or auditor.")


def _sees(text: str) -> Sees:
    for sees in get_args(Sees):
        if text == sees:
            return sees  # type: ignore[no-any-return]  # one of the literals
    raise InvalidInput("Someone sees all people, or those assigned to them: all or assigned.")


def _json(user: User) -> Json:
    return {
        "id": UserId(user.id),
        "name": user.name,
        "role": user.role,
        "sees": user.sees,
        "active": user.active,
    }


def _grant_json(grant: Grant) -> Json:
    return {
        "id": grant.id,
        "user_id": grant.user_id,
        "person_id": grant.patient_id,
        "since": grant.since.isoformat(),
        "until": grant.until.isoformat() if grant.until else None,
    }
