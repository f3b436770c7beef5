from hypothesis import settings

# A busy machine is slow, which says nothing about the laws under test.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
