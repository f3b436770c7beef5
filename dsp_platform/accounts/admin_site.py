from django_otp.admin import OTPAdminSite


class StaffAdminSite(OTPAdminSite):
    pass
