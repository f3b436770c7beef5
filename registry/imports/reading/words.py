"""What was detected of a file, and why one is not read."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label

NOTES: dict[str, Label] = {
    "text": _("A text file. Characters: %(encoding)s. Separator: %(separator)s."),
    "workbook": _("A workbook (%(kind)s). Sheet read: “%(sheet)s”, one of %(number)s."),
    "table": _("A table of the operator's database: %(table)s."),
    "headings": _("The headings stand in row %(row)s."),
    "formulas": _("Cells with formulas: %(number)s. What they showed when the file was saved is read."),
    "merged": _("Merged cells: %(number)s. What stands in one is read in each row that it covers."),
    "macros": _("The workbook has macros. They are not run."),
    "fonts": _("Fonts of the cells: %(fonts)s."),
    "old_font_named": _(
        "The file names the font “%(font)s”, which is older than Unicode. Look whether names are readable."
    ),
    "characters_lost": _("Characters were lost when the file was written: those rows are refused."),
}
REFUSALS: dict[str, Label] = {
    "empty": _("The file has no table."),
    "no_headings": _("None of the columns that the source names stands in the first rows of the file."),
    "no_headings_in_sheets": _(
        "None of the columns that the source names stands in the first rows of these sheets: %(sheets)s."
    ),
    "columns_missing": _("The file lacks these columns: %(columns)s."),
    "too_many_columns": _("The file has %(number)s columns. Delete those that are not needed."),
    "not_a_table": _("This is no file of a spreadsheet and no text. Save it as XLSX or CSV."),
    "web_page": _("This is a web page with the name of a spreadsheet. Open it and save it as XLSX."),
    "binary_workbook": _("XLSB files are not read. Save it as XLSX."),
    "password": _("The file is protected by a password. Save it without one."),
    "damaged": _("The file is damaged: it breaks off or cannot be unpacked."),
    "too_large_unpacked": _(
        "Unpacked, the file would be larger than %(most)s MB. Split it, or save it as CSV."
    ),
    "too_much_memory": _(
        "The workbook takes too much memory. Perhaps a cell far away from the table is filled: delete the "
        "empty rows and columns around it, or save it as CSV."
    ),
    "too_much_time": _("The workbook takes too long to read. Save it as CSV."),
    "sheet_missing": _("The workbook has no sheet “%(sheet)s”. It has: %(sheets)s."),
    "line_too_long": _("Line %(line)s is longer than any row of a table."),
    "quote_open": _("A quotation mark that is opened near row %(row)s is never closed."),
    "old_font": _(
        "Cells in the font “%(font)s”, which is older than Unicode: %(number)s. What they say cannot be "
        "read. Convert them to Khmer Unicode first."
    ),
    "no_room": _("There is no room for the file now. Try again later."),
    "database": _("The operator's database did not answer, or has no such table: %(reason)s."),
}
