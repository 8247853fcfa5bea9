"""Files as people send them, made by the libraries that read and write such files."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pi_heif
import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()  # writes what the cleaner's own library reads
pi_heif.register_heif_opener()
AMINA = "person:11111111-1111-4111-8111-111111111111"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
#: What must never be read again where it does not belong.
SECRET = "Amina Benali, 12 rue des Lilas"
#: Written in two parts: whole, it would alarm who scans this file.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, a black line: what is up, and where, can be seen."""
    drawn = Image.new("RGB", size, "blue")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, size[0] // 2, size[1]), fill="red")
    pen.line((0, 0, *size), fill="black")
    return drawn.convert(mode)


def exif(*, orientation: int = 1) -> Image.Exif:
    """A telephone's: who, when, where."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x013B] = SECRET
    tags[0x8825] = {1: "N", 2: (48.0, 37.0, 44.0), 3: "E", 4: (2.0, 25.0, 44.0)}
    return tags


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (640, 480), *, orientation: int = 1) -> bytes:
    return saved(picture(size), "JPEG", exif=exif(orientation=orientation), comment=SECRET.encode())


def png(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> bytes:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", SECRET)
    return saved(picture(size, mode), "PNG", pnginfo=told, exif=exif())


def heic(size: tuple[int, int] = (640, 480), *, orientation: int = 1) -> bytes:
    """As telephones write it: the points as the sensor saw them, and how they are to be turned."""
    out = io.BytesIO()
    told = exif(orientation=orientation).tobytes()
    picture(size).save(out, "HEIF", exif=told, quality=80)
    return out.getvalue()


def pdf(pages: int = 1, change: Callable[[Pdf], None] | None = None, **options: object) -> bytes:
    """``pages`` pages with a word each; ``change`` adds to it what the test is about."""
    made = Pdf.new()
    for number in range(pages):
        made.add_blank_page(page_size=(595, 842))
        page = made.pages[-1]
        page.obj.Resources = Dictionary(
            Font=Dictionary(
                F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            )
        )
        page.obj.Contents = made.make_stream(
            f"BT /F1 24 Tf 72 720 Td (Page {number + 1}) Tj ET".encode()
        )
    made.docinfo["/Author"] = SECRET
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, deterministic_id="encryption" not in options, **options)
    return out.getvalue()


def with_script(made: Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('bonjour')"))
    made.Root.OpenAction = script
    made.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("a"), made.make_indirect(script)]))
    )
    made.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("calc.exe")))
    made.pages[0].obj.Annots = Array([
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 100, 100],
                   A=Dictionary(S=Name.URI, URI=String("https://exemple.invalid/"))),
    ])  # fmt: skip


def attach(made: Pdf, content: bytes, name: str = "facture.xml") -> None:
    made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)


def with_form(made: Pdf) -> None:
    """A field filled in with "CINQUANTE", without its appearance, as some programs leave it."""
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("montant"),
            V=String("CINQUANTE"), Rect=[72, 600, 300, 630], F=4, DA=String("/Helv 12 Tf 0 g"),
        )
    )  # fmt: skip
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    made.Root.AcroForm = Dictionary(
        Fields=[field], NeedAppearances=True, DA=String("/Helv 12 Tf 0 g"),
        DR=Dictionary(Font=Dictionary(Helv=font)),
        XFA=Array([String("template"), made.make_stream(b"<xdp/>")]),
    )  # fmt: skip
    made.pages[0].obj.Annots = Array([field])


def with_photograph(made: Pdf) -> None:
    """A scan with its EXIF, as telephones make PDF documents."""
    made.pages[0].obj.Resources.XObject = Dictionary(
        Im0=Stream(
            made, jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=640, Height=480,
            ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
        )
    )  # fmt: skip
