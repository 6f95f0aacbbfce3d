"""Everything that the Python SDKs are asked to do, in order."""

from harness import run
from scenarios import credentials, instance, organizations, users, verify

run([*users.ALL, *organizations.ALL, *credentials.ALL, *instance.ALL, *verify.ALL])
