"""What holds for every test."""

from hypothesis import settings

# A loaded machine may be slow at one example; that says nothing about the code.
settings.register_profile("house", deadline=None)
# `make prove` tries the promises on more.
settings.register_profile("prove", deadline=None, max_examples=4000)
settings.load_profile("house")
