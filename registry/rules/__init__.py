"""The language of rules, in which programmes and sharing agreements say whom they concern."""
