"""The bytes of papers: split into shared streams and the rest, joined again to the very same bytes."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.rows import PaperChunkRow, PaperFileRow, PaperRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.printing.compact import join, split
from covidstation.services.rights import needs


def keep_bytes(session: Session, pdf: bytes) -> str:
    """Keep them inside another act's transaction; their SHA-256 in hex, by which they are read."""
    skeleton, chunks = split(pdf)
    for name, data in chunks.items():
        if session.get(PaperChunkRow, name) is None:
            session.add(PaperChunkRow(hash=name, data=data))
    file_hash = sha256(pdf).hexdigest()
    if session.get(PaperFileRow, file_hash) is None:
        session.add(PaperFileRow(file_hash=file_hash, skeleton=skeleton))
    return file_hash


@needs(Right.SEE)
def paper_pdf(db: Database, paper_id: UUID) -> bytes:
    """The bytes that were printed, the same for ever. Raises UserError paper.unknown, paper.damaged."""
    with db.read() as session:
        file_hash = session.scalars(select(PaperRow.file_hash).where(PaperRow.id == paper_id)).first()
        if file_hash is None:
            raise UserError("paper.unknown")
        return read_file(session, file_hash)


def read_file(session: Session, file_hash: str) -> bytes:
    """Join a paper's bytes and compare them with their hash. Raises UserError paper.damaged."""
    row = session.get(PaperFileRow, file_hash)
    if row is None:
        raise UserError("paper.damaged")
    chunks = _Chunks(session)
    pdf = join(row.skeleton, chunks)
    if sha256(pdf).hexdigest() != file_hash:
        raise UserError("paper.damaged")
    return pdf


class _Chunks(dict[str, bytes]):
    """The shared streams, fetched when `join` asks for one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, name: str) -> bytes:
        row = self._session.get(PaperChunkRow, name)
        if row is None:
            raise UserError("paper.damaged")
        return row.data
