"""What holds for every test."""

from hypothesis import settings

# A loaded machine may be slow at one example; that says nothing about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
