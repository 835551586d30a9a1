"""The proof that every message is decided under a version that counted when it was."""
