"""PNGs, written straight and compressed lightly, as one is written for every move of a slider.

Source: PNG specification, sections 5 and 11.2; RFC 1950 and 1951 for what zlib is given.
"""

import struct
import zlib

import numpy as np

BAND = 16  # rows; what is kept is cut at multiples of it, so that a small move cuts nowhere else


class PngWriter:
    """Writes pictures that differ from one picture in a few rows.

    Rows above and below all that differs are compressed once, and kept.

    Args:
        still: uint8 of shape (height, width, 4), the picture that they differ from.
    """

    def __init__(self, still):
        self._still, self._kept = still, {}

    def write(self, pixels):
        """The bytes of a PNG from pixels like ``still``; transparency is left out."""
        height = len(pixels)
        differ = np.flatnonzero((_colours(pixels) != _colours(self._still)).any(axis=1))
        top, bottom = (differ[0], differ[-1] + 1) if len(differ) else (height, height)
        top, bottom = top // BAND * BAND, min(-(-bottom // BAND) * BAND, height)
        first_rows, first = self._keep(0, top)
        last_rows, last = self._keep(bottom, height)
        rows = _rows(pixels[top:bottom])
        checksum = zlib.adler32(last_rows, zlib.adler32(rows, zlib.adler32(first_rows)))
        data = b"\x78\x01" + first + _deflated(rows) + last + struct.pack(">I", checksum)
        return _png(pixels.shape, data)

    def _keep(self, top, bottom):
        """Rows of the still picture, plain and compressed."""
        if (top, bottom) not in self._kept:
            rows = _rows(self._still[top:bottom])
            is_last = bottom == len(self._still)
            self._kept[top, bottom] = rows, _deflated(rows, is_last)
        return self._kept[top, bottom]


def encode_png(pixels):
    """The bytes of a PNG from uint8 pixels of shape (height, width, 3 or 4)."""
    return _png(pixels.shape, zlib.compress(_rows(pixels), 1))


def _colours(pixels):
    """One number for each pixel."""
    return pixels.view(np.uint32)[:, :, 0]


def _rows(pixels):
    """What is compressed: red, green and blue from left to right, behind a 0 for no filter."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    for channel in range(3):  # four times faster than all at once
        rows[:, 1 + channel :: 3] = pixels[:, :, channel]
    return rows


def _deflated(rows, is_last=False):
    """One part of a stream, which stands by itself."""
    writer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    return writer.compress(rows) + writer.flush(zlib.Z_FINISH if is_last else zlib.Z_FULL_FLUSH)


def _png(shape, data):
    header = struct.pack(">IIBBBBB", shape[1], shape[0], 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
