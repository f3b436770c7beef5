from hypothesis import settings

# A slow machine says nothing about the properties under test.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
