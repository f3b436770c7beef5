from typing import Any

from django import template

from dsp_platform.jobs import shown, words
from dsp_platform.jobs.models import Job

register = template.Library()

NEWEST = 5


@register.inclusion_tag("admin/jobs/job/of_operator.html")
def jobs_of_operator(code: str) -> dict[str, Any]:
    """The long work for one operator: what runs, and what ran last."""
    jobs = Job.objects.filter(parameters__operator=code).order_by("-pk")[:NEWEST]
    return {
        "jobs": [
            (job, words.work(job.kind), shown.about(job), shown.problem(job), shown.bar(job)) for job in jobs
        ]
    }
