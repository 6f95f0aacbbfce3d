"""Everything that the Python SDKs are asked to do, in order."""

import offered
from harness import run
from scenarios import (
    billing,
    credentials,
    factors,
    instance,
    machines,
    oauth,
    organizations,
    roles,
    templates,
    users,
    verify,
    webhooks,
)

run(
    [
        *users.ALL,
        *factors.ALL,
        *organizations.ALL,
        *roles.ALL,
        *credentials.ALL,
        *machines.ALL,
        *oauth.ALL,
        *instance.ALL,
        *templates.ALL,
        *billing.ALL,
        *verify.ALL,
        # Last, to accept everything that the others caused.
        *webhooks.ALL,
        offered.scenario,
    ]
)
