"""Who am I."""

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.accounts.schemas import UserSchema
from bacowr.api.openapi import Blueprint
from bacowr.gate import identity
from bacowr.gate.guard import needs

bp = Blueprint("api_auth", __name__, url_prefix="/api/v1/auth", description="Who the caller is.")


@bp.route("/me")
@bp.response(200, UserSchema)
@needs(Permission.ACCOUNT_READ)
def get_me() -> User:
    """Show who you are.

    The quickest way to see that a key works.
    """
    return identity.current_user()
