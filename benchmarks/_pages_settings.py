from dsp_platform.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._pages_urls"
