"""What the service asks and answers about accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from safelight.accounts.identity import Via
from safelight.accounts.role import Role
from safelight.accounts.scope import USUAL, Scope
from safelight.api.views import View
from safelight.tasks.accounts.audit import Entry
from safelight.tasks.accounts.keys import Key
from safelight.tasks.accounts.sessions import Session
from safelight.tasks.accounts.users import User
from safelight.tasks.record import rfc3339

Name = Annotated[str, Field(min_length=1, max_length=128, description="Name of the user, in whatever case.")]
Password = Annotated[str, Field(max_length=1000, description="10 to 256 characters.")]


class Body(BaseModel):
    """Something that is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AccountView(View):
    """Who the caller is."""

    accounts: bool = Field(description="Whether this service has accounts: then one signs in with name and password.")
    signed_in: bool = Field(description="Whether this caller's requests are answered.")
    user: str | None = Field(description="Their name; None for the house, and where nobody is signed in.")
    role: Role | None = Field(description="What they may do; None where nobody is signed in.")
    via: Via | None = Field(description="By what they were let in.")
    acts: bool = Field(description="Whether they may name another user as `user_id`.")
    scopes: list[Scope] = Field(description="What they may do with what they showed.")
    csrf: str = Field(
        description="What a page sends along as `X-CSRF-Token` with everything but GET; empty without a session."
    )


class SignInBody(Body):
    """Name and password."""

    name: Name
    password: str = Field(max_length=1000, description="The password.")


class PasswordBody(Body):
    """A new password, and the one before."""

    old: str = Field(max_length=1000, description="The password so far.")
    new: Password


class SessionEntry(View):
    """A browser in which the caller is signed in."""

    current: bool = Field(description="Whether it is the one that asks.")
    created_at: str = Field(description="When they signed in there, RFC 3339 UTC.")
    seen_at: str = Field(description="When they last came from there, within some minutes, RFC 3339 UTC.")
    expires_at: str = Field(description="When it ends if they do not come, RFC 3339 UTC.")


class InviteCode(Body):
    """A code, and what is chosen with it."""

    code: str = Field(max_length=100, description="What is behind `#` in the link.")
    name: Name | None = Field(default=None, description="The name that somebody new chooses.")
    password: Password | None = Field(
        default=None, description="The password that is chosen; none = only tell what the link is for."
    )


class InviteView(View):
    """What a link is for."""

    user: str | None = Field(description="Who chooses a new password; None = somebody new, who chooses a name too.")
    role: Role = Field(description="What somebody new may do.")
    expires_at: str = Field(description="When it ends, RFC 3339 UTC.")
    account: AccountView | None = Field(description="Who is signed in now, once the link was used.")


class TokenView(View):
    """A token for an app."""

    access_token: str = Field(description="Shown as `Authorization: Bearer ...`.")
    token_type: str = Field(description="`Bearer`.")
    expires_in: int = Field(description="Seconds for which it is valid; it ends with the session or key it is from.")


class UserView(View):
    """A user."""

    name: str = Field(description="Their name; what is theirs has it as `user_id`.")
    role: Role = Field(description="What they may do.")
    disabled: bool = Field(description="Whether nothing lets them in.")
    has_password: bool = Field(description="Whether they have chosen a password.")
    created_at: str = Field(description="When the account was made, RFC 3339 UTC.")
    signed_in_at: str | None = Field(description="When they last signed in, RFC 3339 UTC.")


class NewUser(Body):
    """A user to be made."""

    name: Name
    role: Role = Field(default=Role.USER, description="What they may do.")
    password: Password | None = Field(
        default=None, description="Their password; none = they choose one by a link (POST /users/invites)."
    )


class UserChange(Body):
    """What is changed; what is not given stays."""

    role: Role | None = Field(default=None, description="What they may do.")
    disabled: bool | None = Field(default=None, description="Whether nothing lets them in.")
    password: Password | None = Field(default=None, description="A new password; it ends their sessions.")


class NewInvite(Body):
    """A link to be made."""

    user: Name | None = Field(default=None, description="Who is to choose a new password; none = somebody new.")
    role: Role = Field(default=Role.USER, description="What somebody new may do.")


class NewInviteView(View):
    """A new link."""

    code: str = Field(description="The code; it is told once and works once.")
    url: str = Field(description="The page where it is used.")
    user: str | None = Field(description="Who chooses a new password; None = somebody new.")
    role: Role = Field(description="What somebody new may do.")
    expires_at: str = Field(description="When it ends, RFC 3339 UTC.")


class KeyView(View):
    """A key, without what only its owner knows."""

    id: str = Field(description="What it is called: the key reads `sl_ID_...`.")
    user: str = Field(description="Whose it is.")
    name: str = Field(description="What it is for.")
    scopes: list[Scope] = Field(description="What it may be used for.")
    acts_for_others: bool = Field(description="Whether it may name any user as `user_id`, and sees all if it does not.")
    created_at: str = Field(description="When it was made, RFC 3339 UTC.")
    expires_at: str | None = Field(description="When it ends, RFC 3339 UTC; None = when it is revoked.")
    used_at: str | None = Field(description="When it was last used, within some minutes, RFC 3339 UTC.")


class NewKey(Body):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[Scope] = Field(default=list(USUAL), min_length=1, description="What it may be used for.")
    acts_for_others: bool = Field(default=False, description="Whether it may act for any user; only admins make those.")
    expires_at: AwareDatetime | None = Field(default=None, description="When it ends, RFC 3339; none = never.")
    user: Name | None = Field(default=None, description="Whose it is to be; only admins make keys of others.")


class NewKeyView(View):
    """A new key."""

    key: str = Field(description="The key itself: it is told once. Shown as `Authorization: Bearer ...`.")
    about: KeyView = Field(description="What is known of it later.")


class AuditEntry(View):
    """Something that was done."""

    id: int = Field(description="Its place in the log.")
    at: str = Field(description="When, RFC 3339 UTC.")
    who: str = Field(description="Name of the user, or the name that was tried; empty = the house.")
    via: str = Field(description="By what they were let in; `console` is the command line.")
    what: str = Field(description="What they did.")
    about: str = Field(description="To what.")
    address: str = Field(description="From where.")


class AuditPage(View):
    """Some lines of the audit log."""

    entries: list[AuditEntry] = Field(description="The lines, the newest first.")
    next: str | None = Field(description="What to give as `cursor` for the next page; None at the end.")


def session_entry(session: Session, *, current: bool) -> SessionEntry:
    """Show a session."""
    return SessionEntry(
        current=current, created_at=rfc3339(session.created_at) or "", seen_at=rfc3339(session.seen_at) or "",
        expires_at=rfc3339(session.expires_at) or "",
    )  # fmt: skip


def user_view(user: User) -> UserView:
    """Show a user."""
    return UserView(
        name=user.name, role=user.role, disabled=user.disabled, has_password=user.password is not None,
        created_at=rfc3339(user.created_at) or "", signed_in_at=rfc3339(user.signed_in_at),
    )  # fmt: skip


def key_view(key: Key) -> KeyView:
    """Show a key."""
    return KeyView(
        id=key.id, user=key.user, name=key.name, scopes=list(key.scopes), acts_for_others=key.acts,
        created_at=rfc3339(key.created_at) or "", expires_at=rfc3339(key.expires_at), used_at=rfc3339(key.used_at),
    )  # fmt: skip


def entry_view(entry: Entry) -> AuditEntry:
    """Show a line of the audit log."""
    return AuditEntry(
        id=entry.id, at=rfc3339(entry.at) or "", who=entry.who, via=entry.via, what=entry.what, about=entry.about,
        address=entry.address,
    )  # fmt: skip
