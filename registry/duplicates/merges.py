from registry.models import DuplicateCase
def merge_pair(**kw): return None
def consequences_of(case): return []
