"""The record of who did what with the register: kinds of entry, and the chain over them.

Codes of DICOM PS3.15 (and FHIR AuditEvent) stand beside each kind where there is one; they are from memory, and nothing
but an export would use them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.canonical import encode

START: Final = bytes(32)


class AuditAction(StrEnum):
    """One kind of entry."""

    LOGIN = "login"  # 110114
    LOGIN_FAILED = "login_failed"  # 110114, of whoever tried; written at the next unlocking
    LOCK = "lock"  # 110123
    SEE = "see"  # 110110, read
    REVEAL = "reveal"  # a number that lists hide, with the reason
    CHANGE = "change"  # 110110; what changed is in the journal from `seq` on
    ISSUE = "issue"  # a paper got its number
    PRINT = "print"  # 110106
    EXPORT = "export"  # 110106, a readable file
    SEND = "send"  # a bundle was written
    IMPORT = "import"  # 110107
    MERGE = "merge"
    USERS = "users"  # 110136, users, roles and keys
    BACKUP = "backup"
    RESTORE = "restore"
    UPDATE = "update"  # 110100; another version of the program was put beside this one
    PURGE = "purge"  # 110105
    AUDIT = "audit"  # 110101, somebody read this record


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry. `at` is milliseconds since 1970 UTC by the PC's clock; `subject` is a person, a paper or a user."""

    seq: int
    at: int
    actor: UUID
    action: AuditAction
    subject: UUID | None = None
    detail: Mapping[str, str | int] = field(default_factory=dict)


def line_of(entry: AuditEntry) -> bytes:
    """What the chain goes over: the columns as the register keeps them, in one line. No column but the last has a
    space in it, so that nothing can move from one to the next."""
    subject = entry.subject.hex if entry.subject else "-"
    head = f"{entry.seq} {entry.at} {entry.actor.hex} {entry.action.value} {subject} "
    return head.encode() + encode(dict(entry.detail))


def chain_after(chain: bytes, entry: AuditEntry) -> bytes:
    """The chain hash with this entry: SHA-256 over the one before it and the entry's line."""
    return hashlib.sha256(chain + line_of(entry)).digest()


@dataclass(frozen=True, slots=True)
class Heads:
    """How far the register had come: journal and audit, each with its number and its chain hash."""

    journal_seq: int
    journal_chain: bytes
    audit_seq: int
    audit_chain: bytes

    @property
    def code(self) -> str:
        """The audit head as it stands on the daily report: its number and eight letters of its hash."""
        return f"{self.audit_seq}-{self.audit_chain.hex()[:8].upper()}"
