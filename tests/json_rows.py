"""What a browser sends of the rows of a form."""

from dsp_platform.admin.json_rows import KEPT, Sheet, Typed


def sent(sheet: Sheet, **changes: str) -> Typed:
    """As they are shown, with ``changes`` of cells by their names."""
    typed = typed_anew(sheet)
    odd = [part.name for part in sheet.parts if part.is_inexpressible(part.spec_in(sheet.stored))]
    return Typed({**typed, **{f"{name}-{KEPT}": "1" for name in odd}, **changes})


def typed_anew(sheet: Sheet) -> Typed:
    """Without the ticks of what stays."""
    return Typed(
        {
            f"{part.name}-{name}": text
            for part in sheet.parts
            for name, text in part.shown(part.spec_in(sheet.stored)).items()
        }
    )


def posted_anew(sheet: Sheet, name: str = "mapping") -> dict[str, str]:
    """By the names of the inputs."""
    return {f"{name}-{cell}": text for cell, text in typed_anew(sheet).items()}
