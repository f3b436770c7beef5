"""The mapping of a source as a type: from which columns of its file each value is read."""

from dsp_platform.exchange.mapping.columns import MappingPart


class SourceMapping(MappingPart):
    @property
    def column_names(self) -> list[str]:
        """All that it names."""
        raise NotImplementedError
