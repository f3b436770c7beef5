"""What each kind of change does to the registry. Called inside the transaction of ``services.changes``.

Every function takes the request, its household and whoever answers for the change; the households
involved are locked. Raises ``Outdated`` where the registry has changed too much since it was asked.
"""
