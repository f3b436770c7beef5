"""A separate process that delivers the tests' record kind, to be killed in the middle.

After the number of people another command may be given.
"""

import sys

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command

    from dsp_platform.exchange.contract import register_record_kind
    from tests.exchange.conftest import People

    people = People()
    for number in range(1, int(sys.argv[1]) + 1):
        people.add(number)
    register_record_kind(people)
    call_command(*(sys.argv[2:] or ["deliver", "family_package", "--batch=100"]))
