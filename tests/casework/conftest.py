"""The engine is tested on applications, with their cast."""

from tests.applications.conftest import application as application
from tests.applications.conftest import household as household
from tests.applications.conftest import in_khmer as in_khmer
from tests.applications.conftest import nssf_agreements as nssf_agreements
from tests.applications.conftest import other_programme as other_programme
from tests.applications.conftest import person as person
from tests.applications.conftest import programme as programme
from tests.registry.conftest import second_clerk as second_clerk
