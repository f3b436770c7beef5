"""The admin of each subject, in one module of the name that Django looks for."""

from registry.areas import admin as areas
from registry.beneficiaries import admin as beneficiaries
from registry.changes import admin as changes
from registry.coverage import admin as coverage
from registry.deaths import admin as deaths
from registry.duplicates import admin as duplicates
from registry.history import admin as history
from registry.imports.runs import admin as import_runs
from registry.imports.sources import admin as import_sources
from registry.merging import admin as merging
from registry.persons import admin as persons
from registry.plausibility import admin as plausibility
from registry.programmes import admin as programmes
from registry.programmes.questions import admin as questions
from registry.provenance import admin as provenance
from registry.unusual import admin as unusual

__all__ = [
    "areas",
    "beneficiaries",
    "changes",
    "coverage",
    "deaths",
    "duplicates",
    "history",
    "import_runs",
    "import_sources",
    "merging",
    "persons",
    "plausibility",
    "programmes",
    "provenance",
    "questions",
    "unusual",
]
