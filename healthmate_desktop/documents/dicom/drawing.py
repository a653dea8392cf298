"""The pixels of a DICOM file that are not compressed, made into what a screen shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.dicom.header import BROKEN, Tag
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from healthmate_desktop.documents.dicom.header import Header

CUT_OFF = "The end of the file is missing. Add it again from where it came from."
_PACKED = (
    "This picture is stored in a way HealthMate can not draw. It is kept, and what it says of the study was read. "
    "Ask for the picture as JPEG or PDF to see it here."
)
LARGE = "This picture is too large to be drawn safely. It is kept, and what it says of the study was read."
_NO_PICTURE = (
    "There is no picture in this file. It is kept, and what it says of the study was read."
)


class Picture:
    """Pixels as they are stored, made into what a screen shows."""

    def __init__(self, header: Header) -> None:
        """Raises UnreadableDocument and UnsupportedDocument."""
        self._header = header
        self._height, self._width = header.number(Tag.ROWS), header.number(Tag.COLUMNS)
        self._samples = header.number(Tag.SAMPLES, 1)
        self._bits = header.number(Tag.BITS, 8)
        self._colours = header.text(Tag.COLOURS).upper()
        if header.packed:
            raise UnsupportedDocument(_PACKED)
        if not (self._height and self._width) or header.pixels is None:
            raise UnreadableDocument(_NO_PICTURE)
        if (
            self._height * self._width > limits.MOST_PIXELS
            or max(self._height, self._width) > limits.LONGEST_SIDE
        ):
            raise UnreadableDocument(LARGE)
        if (self._samples, self._bits) not in ((1, 8), (1, 16), (3, 8)):
            raise UnsupportedDocument(_PACKED)

    def frame(self, number: int) -> NDArray[Any]:
        """Bytes of grey, or of red, green and blue. Raises UnreadableDocument."""
        import numpy as np

        size = self._height * self._width * self._samples * self._bits // 8
        data = self._header.pixels
        if data is None or number < 1 or len(data) < size * number:
            raise UnreadableDocument(CUT_OFF if number == 1 else _NO_PICTURE)
        data = data[size * (number - 1) : size * number]
        if self._samples == 3:
            return self._coloured(np.frombuffer(data, np.uint8))
        kind = np.dtype(np.uint8 if self._bits == 8 else (">u2" if self._header.big else "<u2"))
        stored = np.frombuffer(data, kind).reshape(self._height, self._width)
        table = self._palette() if self._colours == "PALETTE COLOR" else self._greys()
        shown: NDArray[Any] = table[stored]
        return shown

    def _coloured(self, flat: NDArray[Any]) -> NDArray[Any]:
        if self._header.number(Tag.PLANAR):
            picture = flat.reshape(3, self._height, self._width).transpose(1, 2, 0)
        else:
            picture = flat.reshape(self._height, self._width, 3)
        if self._colours == "RGB":
            return picture
        if self._colours != "YBR_FULL":
            raise UnsupportedDocument(_PACKED)
        import numpy as np
        from PIL import Image

        mixed = Image.frombytes("YCbCr", (self._width, self._height), picture.tobytes())
        return np.asarray(mixed.convert("RGB"))

    def _greys(self) -> NDArray[Any]:
        """For each number a pixel may hold, how bright it is shown."""
        import numpy as np

        header = self._header
        used = min(self._bits, header.number(Tag.BITS_USED, self._bits) or self._bits)
        stored = np.arange(1 << self._bits) & ((1 << used) - 1)
        if header.number(Tag.SIGNED):
            stored = np.where(stored >= 1 << (used - 1), stored - (1 << used), stored)
        values = stored * header.decimal(Tag.SLOPE, 1.0) + header.decimal(Tag.OFFSET, 0.0)
        width = header.decimal(Tag.WIDTH, 0.0)
        if width >= 1:
            low = header.decimal(Tag.CENTRE, 0.0) - width / 2
        else:
            low, width = self._span(values)
        bright = np.clip((values - low) / width, 0, 1)
        if self._colours == "MONOCHROME1":
            bright = 1 - bright
        table: NDArray[Any] = np.round(bright * 255).astype(np.uint8)
        return table

    def _span(self, values: NDArray[Any]) -> tuple[float, float]:
        """The least number in the picture, and how far it is to the largest."""
        import numpy as np

        data = self._header.pixels if self._header.pixels is not None else b""
        kind = np.dtype(np.uint8 if self._bits == 8 else (">u2" if self._header.big else "<u2"))
        whole = len(data) // kind.itemsize * kind.itemsize
        shown = values[np.unique(np.frombuffer(data[:whole], kind))]
        return float(shown.min()), max(1e-6, float(shown.max() - shown.min()))

    def _palette(self) -> NDArray[Any]:
        import numpy as np

        colours = [self._header.values.get(tag, b"") for tag in (Tag.RED, Tag.GREEN, Tag.BLUE)]
        kind = np.dtype(">u2" if self._header.big else "<u2")
        table = np.zeros((1 << self._bits, 3), np.uint8)
        for column, raw in enumerate(colours):
            found = np.frombuffer(raw[: len(raw) // 2 * 2], kind)[: len(table)]
            if not len(found):
                raise UnreadableDocument(BROKEN)
            table[: len(found), column] = found >> 8
            table[len(found) :, column] = found[-1] >> 8
        return table
