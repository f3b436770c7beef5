"""The adapters by name: ``Operator.adapter`` is one of these."""

from dsp_platform.exchange.adapters.base import Adapter, OperatorUnavailable
from dsp_platform.exchange.adapters.camdx import CamdxAdapter
from dsp_platform.exchange.adapters.database import DatabaseAdapter
from dsp_platform.exchange.adapters.fake import Accepting, Crashing, Hanging, Refusing, Slow

ADAPTERS: dict[str, Adapter] = {
    "database": DatabaseAdapter(),
    "camdx": CamdxAdapter(),
    "fake_accept": Accepting(),
    "fake_refuse": Refusing(),
    "fake_crash": Crashing(),
    "fake_slow": Slow(),
    "fake_hang": Hanging(),
}


def adapter_named(name: str) -> Adapter:
    try:
        return ADAPTERS[name]
    except KeyError:
        raise OperatorUnavailable("not_configured") from None
