from django.contrib.auth.backends import ModelBackend


class StaffBackend(ModelBackend):
    pass


class PhoneBackend(ModelBackend):
    pass
