"""Tells what kind of picture a file is by its first bytes, whatever its name says."""

import re

HEAD_BYTES = 132  # as far as the signature of a DICOM file reaches

# What is read comes first. The others are known so that they are refused by their name, and so that
# no part is left out because of how its file is called.
_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (rb"\x89PNG\r\n\x1a\n", "PNG"),
        (rb"\xff\xd8\xff", "JPEG"),
        (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "BMP"),
        (rb"II[*+]\0|MM\0[*+]", "TIFF"),
        (rb"RIFF.{4}WEBP", "WebP"),
        (rb"P[1-6](\s*#|\s+\d+\s+[\d#])", "PGM or PPM"),
        (rb"GIF8[79]a", "GIF"),
        # The brand, or one of those it is compatible with.
        (rb".{4}ftyp(.{4}){0,12}?avi[fs]", "AVIF"),
        (rb".{4}ftyp(.{4}){0,12}?(hei[cxms]|hev[cxms]|mif[12]|msf1)", "HEIC"),
        (rb".{4}ftypcrx ", "raw picture of a camera"),
        (rb"\0\0\0\x0cjP  \r\n|\xff\x4f\xff\x51", "JPEG 2000"),
        (rb"\0\0\0\x0cJXL \r\n", "JPEG XL"),
        (rb"\xff\x0a[^\s]", "JPEG XL"),
        (rb"II\xbc\x01", "JPEG XR"),
        (rb"P7\n", "PAM"),
        (rb"P[Ff]\n", "PFM"),
        (rb"8BPS\0[\x01\x02]", "Photoshop picture"),
        (rb".{128}DICM", "DICOM"),
        (rb"v/1\x01", "OpenEXR"),
        (rb"#\?(RADIANCE|RGBE)\n", "Radiance HDR"),
        (rb"DDS \x7c", "DDS"),
        (rb"SIMPLE  =", "FITS"),
        (rb"qoif", "QOI"),
        (rb"gimp xcf ", "GIMP picture"),
        (rb"\x0a[\x00-\x05]\x01[\x01\x02\x04\x08]", "PCX"),
        (rb"\x01\xda[\0\x01][\x01\x02]", "SGI picture"),
        (rb"\x59\xa6\x6a\x95", "Sun raster"),
        (rb"FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\0|FOVb|\0MRM", "raw picture of a camera"),
    )
)
KINDS_READ = ("PNG", "JPEG", "BMP", "TIFF", "WebP", "PGM or PPM")


def picture_kind(head: bytes) -> str | None:
    """What kind of picture begins with these `HEAD_BYTES` bytes; None if it is none."""
    for signature, kind in _SIGNATURES:
        if signature.match(head):
            return kind
    return None
