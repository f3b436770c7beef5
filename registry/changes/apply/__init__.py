"""What each kind of change writes. Called within the transaction of ``registry.changes.services``.

The households involved are locked by then. Every function raises ``Outdated`` where the registry has changed
since the request was made, so that it cannot be applied any more.
"""
