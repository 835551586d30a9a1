"""Users of a broker that asks for passwords."""

from confluent_kafka import admin


def add_scram_user(bootstrap: str, name: str, password: str) -> None:
    """Let the user in by SCRAM-SHA-512; the broker keeps it over restarts."""
    # Exported by the package, not by its types.
    info = admin.ScramCredentialInfo(admin.ScramMechanism.SCRAM_SHA_512, 4096)  # type: ignore[attr-defined]
    wish = admin.UserScramCredentialUpsertion(name, info, password.encode())  # type: ignore[attr-defined]
    client = admin.AdminClient({"bootstrap.servers": bootstrap})
    for done in client.alter_user_scram_credentials([wish]).values():
        done.result(30)
