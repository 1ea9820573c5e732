"""The CRM's profile an installation runs by: the reference's, or the file that is named."""

from ops.errors import Mistake
from ops.settings import Settings
from schemas.profile import Profile
from schemas.profile_file import ProfileError, load_profile


def profile_of(settings: Settings) -> Profile:
    """The checked profile; a mistake in it ends the command."""
    try:
        return load_profile(settings.crm.profile)
    except ProfileError as error:
        cure = "correct the lines that are named"
        raise Mistake("profile", str(error), where="TANDEM_CRM__PROFILE", cure=cure) from error
