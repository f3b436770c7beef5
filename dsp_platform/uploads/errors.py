"""Why a file was refused, as translated sentences that name the file."""

from django.conf import settings
from django.utils.translation import gettext as _


class UploadRefused(Exception):
    """``str()`` is a translated sentence."""


class FileRefused(UploadRefused):
    def __init__(self, name: str = "") -> None:
        self.name = name
        super().__init__(self.words() % {"file": name, **self.values()})

    def words(self) -> str:
        raise NotImplementedError

    def values(self) -> dict[str, object]:
        return {}


class NotAPicture(FileRefused):
    def words(self) -> str:
        return _(
            "“%(file)s” is not a photo or a PDF. Choose a photo, a screenshot or a PDF file, or take a photo."
        )


class NotAnAttachment(FileRefused):
    """Where recordings are taken too."""

    def words(self) -> str:
        return _(
            "“%(file)s” is no photo, PDF or voice recording, or its end is missing. Choose another file."
        )


class NotPlainSound(FileRefused):
    """A film, or a recording from which place, device and title cannot be taken out."""

    def words(self) -> str:
        return _(
            "“%(file)s” holds more than sound, or is damaged. Record it again with the sound recorder of the "
            "phone, without a picture."
        )


class PhonePicture(FileRefused):
    """HEIC or AVIF in a variant that the decoder does not know."""

    def words(self) -> str:
        return _(
            "“%(file)s” is a photo in a form of newer phones (HEIC) that cannot be read here. "
            "Take a screenshot of the photo and send that. Or, on an iPhone, open Settings, Camera, Formats, "
            "choose “Most Compatible”, and take the photo again."
        )


class CutOff(FileRefused):
    def words(self) -> str:
        return _(
            "“%(file)s” was cut off: its end is missing. Send it again. "
            "If that does not help, take the photo again."
        )


class Damaged(FileRefused):
    def words(self) -> str:
        return _("“%(file)s” cannot be read. Take the photo again, or choose another file.")


class Locked(FileRefused):
    def words(self) -> str:
        return _("“%(file)s” is locked with a password. Send it without the password, or take a photo of it.")


class Empty(FileRefused):
    def words(self) -> str:
        return _("“%(file)s” is empty. Choose it again.")


class Infected(FileRefused):
    def words(self) -> str:
        return _("“%(file)s” was refused: the virus check found something harmful in it.")


class _Limit(FileRefused):
    def __init__(self, name: str, most: int) -> None:
        self.most = most
        super().__init__(name)

    def values(self) -> dict[str, object]:
        return {"most": self.most}


class TooLarge(_Limit):
    def words(self) -> str:
        return _("“%(file)s” is too large. A file may have %(most)s MB at most.")


class TooManyPixels(_Limit):
    def words(self) -> str:
        return _("“%(file)s” is too large a picture. It may have %(most)s million points at most.")


class TooManyPages(_Limit):
    def words(self) -> str:
        return _("“%(file)s” has too many pages. A file may have %(most)s pages at most.")


class TooMany(_Limit):
    def words(self) -> str:
        return _("“%(file)s” was not kept: %(most)s pages are the most that can be sent here.")


class TooManyAtOnce(_Limit):
    def words(self) -> str:
        return _("“%(file)s” was not kept: send %(most)s files at a time at most.")


class NotNow(FileRefused):
    """A temporary fault that is not the file's, such as a full disk."""

    def words(self) -> str:
        return _("“%(file)s” could not be kept just now. Please try again later.")


class DayLimit(FileRefused):
    def words(self) -> str:
        return _(
            "“%(file)s” was not kept: you have sent as much as can be sent in one day. "
            "Send the rest tomorrow, or bring it to the office."
        )


class TooManyWaiting(FileRefused):
    def words(self) -> str:
        return _("“%(file)s” was not kept: wait until the files that you sent before have been read.")


class Closed(UploadRefused):
    def __init__(self) -> None:
        super().__init__(_("The documents cannot be changed any more."))


class UntitledDocument(UploadRefused):
    def __init__(self) -> None:
        super().__init__(_("Choose which document it is."))


def refusal(reason: str, name: str, most_pages: int) -> FileRefused:
    """The sentence for the code that a worker left in ``Upload.reason``."""
    match reason:
        case "kind":
            return NotAPicture(name)
        case "phone":
            return PhonePicture(name)
        case "cut":
            return CutOff(name)
        case "locked":
            return Locked(name)
        case "recording":
            return NotPlainSound(name)
        case "infected":
            return Infected(name)
        case "pixels":
            return TooManyPixels(name, settings.UPLOAD_MEGAPIXELS)
        case "pages":
            return TooManyPages(name, settings.UPLOAD_PAGES)
        case "full":
            return TooMany(name, most_pages)
        case "day":
            return DayLimit(name)
        case _:
            return Damaged(name)
