"""PDF documents: what is seen stays, what acts or hides goes.

The catalogue and the pages keep a short list of entries and lose every other one: scripts, actions,
forms, links, attached files, signatures, metadata. What forms and notes show is drawn into the
pages first. Then every object left loses what could still act from where it stands.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from droitfil.files.cleaner.forms import draw_forms
from droitfil.files.cleaner.kinds import PDF
from droitfil.files.cleaner.outcome import Budget, Cleaned, Limits, NotAccepted

MEBIBYTE = 2**20
pikepdf.settings.set_qpdf_limits(
    parser_max_nesting=100,
    doc_max_warnings=500,
    flate_max_memory=256 * MEBIBYTE,
    run_length_max_memory=256 * MEBIBYTE,
    png_max_memory=256 * MEBIBYTE,
    tiff_max_memory=256 * MEBIBYTE,
    dct_max_memory=256 * MEBIBYTE,
)

_CATALOGUE = {"/Type", "/Pages", "/OCProperties", "/Lang", "/StructTreeRoot", "/MarkInfo"}
_PAGE = {
    "/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit",
    "/Group", "/StructParents", "/Tabs",
}  # fmt: skip
#: What acts, hides or tells more than what is seen, wherever it stands.
_ANYWHERE = (
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EF", "/AF", "/Metadata", "/PieceInfo", "/OPI",
    "/Alternates", "/Ref", "/XFA", "/RichMediaContent", "/LastModified",
)  # fmt: skip
#: Where a stream says that its bytes are in another file.
_ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")
#: A file attached to a file attached to a file: nobody does that in good faith.
_DEEPEST = 3


def clean_document(content: bytes, limits: Limits) -> Cleaned:
    """The same pages, and nothing else; attached files are drawn out to be scanned.

    :raises NotAccepted: locked by a password, cut short, without pages or with too many, nothing to
        see without a special reader, more attached than can be scanned.
    """
    budget = Budget(4 * limits.size)
    with _opened(content) as pdf:
        pages = len(pdf.pages)
        if not pages:
            raise NotAccepted("damaged")
        if pages > limits.pages:
            raise NotAccepted("pages", {"pages": pages, "most": limits.pages})
        if pdf.Root.get("/NeedsRendering") is not None and bool(pdf.Root.NeedsRendering):
            raise NotAccepted("xfa")
        _draw_attachments(pdf, budget, depth=1)
        copy = _stripped(pdf)
        # A spoilt catalogue may be mended on reading and written so that nobody opens it.
        with pikepdf.open(io.BytesIO(copy), suppress_warnings=True) as again:
            if len(again.pages) != pages:
                raise NotAccepted("damaged")
        if pdf.is_encrypted:
            # Readable by anyone, but not by the antivirus: it is shown the copy, which is plain.
            budget.take(copy)
    return Cleaned(PDF, PDF, pages, copy, tuple(budget.drawn))


def _opened(content: bytes) -> Pdf:
    if b"%%EOF" not in content[-2048:]:
        raise NotAccepted("damaged")
    try:
        return pikepdf.open(io.BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise NotAccepted("locked") from error
    except pikepdf.PdfError as error:
        raise NotAccepted("damaged") from error


def _containers(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary, stream and array of the file, each once."""
    for top in list(pdf.objects):
        waiting: list[Object] = [top]
        while waiting:
            item = waiting.pop()
            if isinstance(item, Dictionary | Stream):
                yield item
                children = [item.get(key) for key in list(item.keys())]
            elif isinstance(item, Array):
                yield item
                children = list(item)
            else:
                continue
            # What has a number of its own is a top of its own.
            waiting += [c for c in children if isinstance(c, Object) and not c.is_indirect]


def _draw_attachments(pdf: Pdf, budget: Budget, *, depth: int) -> None:
    found: dict[tuple[int, int], Stream] = {}
    for item in _containers(pdf):
        if isinstance(item, Stream) and item.get("/Type") == Name.EmbeddedFile:
            found[item.objgen] = item
        elif isinstance(item, Dictionary) and isinstance(item.get("/EF"), Dictionary):
            for stream in dict(item.EF.items()).values():
                if isinstance(stream, Stream):
                    found[stream.objgen] = stream
    for stream in found.values():
        content = stream.read_bytes()
        budget.take(content)
        if b"%PDF-" not in content[:1024]:
            continue
        if depth == _DEEPEST:
            raise NotAccepted("attachments")
        with _opened(content) as inner:
            _draw_attachments(inner, budget, depth=depth + 1)


def _stripped(pdf: Pdf) -> bytes:
    draw_forms(pdf)
    for key in set(pdf.Root.keys()) - _CATALOGUE:
        del pdf.Root[key]
    for page in pdf.pages:
        for key in set(page.obj.keys()) - _PAGE:
            del page.obj[key]
    for key in set(pdf.trailer.keys()) - {"/Root", "/Size", "/ID"}:
        del pdf.trailer[key]
    for item in _containers(pdf):
        _disarm(item)
    out = io.BytesIO()
    pdf.save(
        out,
        encryption=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return out.getvalue()


def _disarm(item: Object) -> None:
    if isinstance(item, Array):
        return
    for key in _ANYWHERE:
        if key in item:
            del item[key]
    if item.get("/Type") == Name.OBJR and "/Obj" in item:
        del item["/Obj"]  # the accessible structure leads to annotations, gone from the pages
    if not isinstance(item, Stream):
        return
    if any(key in item for key in _ELSEWHERE):
        for key in _ELSEWHERE:
            if key in item:
                del item[key]
    if item.get("/Subtype") == Name.PS:
        item.write(b"")
    filters = item.get("/Filter")
    if isinstance(filters, Array) and len(filters) == 1:
        filters = filters[0]
    if filters == Name.DCTDecode:
        raw = item.read_raw_bytes()
        bare = without_segments(raw)
        if bare != raw:
            parameters = item.get("/DecodeParms")
            known = parameters if isinstance(parameters, Dictionary | Array) else None
            item.write(bare, filter=Name.DCTDecode, decode_parms=known)


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without its EXIF, XMP, IPTC and comments; its points are not touched.

    Anything that does not read as a JPEG is given back as it is.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xDA:  # the picture itself begins
            break
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        # JFIF (E0), colour profile (E2) and Adobe's transform (EE) change what is seen.
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in (0xE0, 0xE2, 0xEE):
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])
