"""POST /files, GET /files/<id>, GET /files/<id>/thumb."""

from pathlib import Path
from uuid import UUID

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.views.decorators.http import require_POST, require_safe

from ketang.core.accounts.api import limit, person_of
from ketang.core.files import api, store
from ketang.core.files.queries import readable
from ketang.core.files.rules import byte_range, disposition
from ketang.core.files.types import SIZES, FileGone, Kind
from ketang.core.files.web.mine import mine, remember
from ketang.kernel import clock
from ketang.kernel.errors import BadInput
from ketang.shell import csp

PER_MINUTE_ANONYMOUS, PER_MINUTE = 20, 120


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep one file; JSON {id, kind, name, size, url, thumb}."""
    person = person_of(request)
    if person.actor.id:
        limit(request, "files", PER_MINUTE, key=str(person.actor.id))
    else:
        limit(request, "files", PER_MINUTE_ANONYMOUS)
    sent = request.FILES.get("file")
    if sent is None:
        raise BadInput("没有收到文件，请重新选择。", field="file")
    share = request.POST.get("share_position") == "on"
    own = mine(request)
    file_id = api.keep(sent, person.actor, share_position=share, now=clock.now(), mine=own)
    return _answer(request, file_id)


def _answer(request: HttpRequest, file_id: str) -> HttpResponse:
    facts = api.waiting([file_id])[0]
    body = {"id": facts.id, "kind": facts.kind, "name": facts.name, "size": facts.size}
    response = JsonResponse({**body, "url": facts.url, "thumb": facts.thumb}, status=201)
    remember(request, response, [file_id])
    return response


@require_safe
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    row = readable(str(file_id), person_of(request), mine(request))
    path = store.path_of(row.sha256, row.extension)
    response = _send(request, path, row.media_type, row.sha256)
    response["Content-Disposition"] = disposition(Kind(row.kind), row.name)
    return response


@require_safe
def thumb(request: HttpRequest, file_id: UUID, size: int = SIZES[0]) -> HttpResponseBase:
    row = readable(str(file_id), person_of(request), mine(request))
    if row.kind != Kind.IMAGE or size not in SIZES:
        raise FileGone
    return _send(request, store.thumb_of(row.sha256, size), "image/webp", f"{row.sha256}.{size}")


def _send(request: HttpRequest, path: Path, media_type: str, tag: str) -> HttpResponseBase:
    """The bytes under a policy of their own: nothing in them runs, whatever they are."""
    if request.headers.get("If-None-Match") == f'"{tag}"':
        response: HttpResponseBase = HttpResponseNotModified()
    elif not path.is_file():
        raise FileGone
    else:
        response = _bytes(request, path, media_type)
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, max-age=3600"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response[csp.HEADER] = csp.SEALED
    return response


def _bytes(request: HttpRequest, path: Path, media_type: str) -> HttpResponseBase:
    size = path.stat().st_size
    part = byte_range(request.headers.get("Range", ""), size)
    if part is None:
        return FileResponse(path.open("rb"), content_type=media_type)
    start, end = part
    with path.open("rb") as file:
        file.seek(start)
        response = HttpResponse(file.read(end - start + 1), status=206, content_type=media_type)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response
