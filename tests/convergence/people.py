"""Who works in a simulated world, and what its server says of the deployment."""

from app.core.wire import PractitionerInfo, Role, Setup
from tests.sync.model_link import SETUP

NURSE = "practitioner-nurse"
STRANGERS = ("practitioner-stranger-0", "practitioner-stranger-1")
"""They write, and the server does not know them until somebody hires them."""

SITE, CAMP = SITES = "site", "camp"


def setup_for(
    sealing_key: bytes = b"", deployment_id: str = "deployment", site_id: str = SITE
) -> Setup:
    """The setup of a server with this sealing key and name, as a site gets it."""
    nurse = PractitionerInfo(practitioner_id=NURSE, name="Noor", role=Role.NURSE.value)
    return SETUP.model_copy(
        update={
            "deployment": SETUP.deployment.model_copy(
                update={"deployment_id": deployment_id}
            ),
            "site": SETUP.site.model_copy(update={"site_id": site_id}),
            "practitioners": (nurse,),
            "sealing_key": sealing_key,
        }
    )
