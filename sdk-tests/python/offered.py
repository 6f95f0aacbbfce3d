"""What the installed SDK offers, derived from the SDK itself."""

import re
from pathlib import Path

import clerk_backend_api

from harness import Scenario, tell

scenario = Scenario("what the SDK offers")


@scenario.step(None)
def every_operation(_):
    """The SDK is generated: each of its methods names the operation that it is for."""
    folder = Path(clerk_backend_api.__file__).parent
    named = re.compile(r'operation_id="(\w+)"')
    operations = {
        operation
        for file in folder.glob("*.py")
        for operation in named.findall(file.read_text(encoding="utf-8"))
    }
    assert len(operations) > 200, len(operations)
    tell("offered", sorted(operations))
