"""Tables, as Tortoise models. Nothing outside this room sees them.

The first line of a docstring becomes a comment in SQL, which Tortoise cuts at a semicolon: none may stand there.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class EventRecord(Model):
    """One entry of the ledger: `text` is the exact text that `hash` covers together with `previous`."""

    id = fields.CharField(primary_key=True, max_length=400)
    stream = fields.CharField(max_length=64)
    seq = fields.IntField()
    kind = fields.CharField(max_length=40)
    text = fields.TextField()
    previous = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "ledger_events"
        unique_together = (("stream", "seq"),)


class RecoveryRecord(Model):
    """One recovery: its frozen plan, and what loops need to find it."""

    id = fields.CharField(primary_key=True, max_length=64)
    number = fields.IntField(unique=True)
    name = fields.CharField(max_length=200)
    mode = fields.CharField(max_length=10)
    status = fields.CharField(max_length=30, db_index=True)
    plan = fields.TextField()
    requested_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    head_seq = fields.IntField(default=0)
    projected_seq = fields.IntField(default=0)
    control = fields.CharField(max_length=10, default="")

    class Meta:
        table = "recoveries"


class AnswerRecord(Model):
    """One answer of a person: the first to insert its id wins. `applied` once the workflow has gone on with it."""

    id = fields.CharField(primary_key=True, max_length=400)
    recovery = fields.CharField(max_length=64, db_index=True)
    unit = fields.CharField(max_length=200)
    step = fields.CharField(max_length=200)
    attempt = fields.IntField()
    event = fields.TextField()
    applied = fields.BooleanField(default=False)

    class Meta:
        table = "answers"


class ReadingRecord(Model):
    """What one source of one system said last."""

    id = fields.CharField(primary_key=True, max_length=220)
    system = fields.CharField(max_length=200, db_index=True)
    text = fields.TextField()

    class Meta:
        table = "readings"


class ProofRecord(Model):
    """One piece of evidence, under the id of its event in the stream of the estate."""

    id = fields.CharField(primary_key=True, max_length=400)
    system = fields.CharField(max_length=200, db_index=True)
    at = fields.DatetimeField()
    text = fields.TextField()

    class Meta:
        table = "proofs"


class ReviewRecord(Model):
    """The review of one recovery, as it was kept."""

    recovery = fields.CharField(primary_key=True, max_length=64)
    markdown = fields.TextField()
    html = fields.TextField()
    through_seq = fields.IntField(default=0)
    kept_at = fields.DatetimeField()

    class Meta:
        table = "reviews"


class EpochRecord(Model):
    """Each start of a holder, by name: its newest row is the owner epoch, and an older one may commit nothing."""

    id = fields.IntField(primary_key=True)
    holder = fields.CharField(max_length=300, db_index=True)
    started_at = fields.DatetimeField()

    class Meta:
        table = "epochs"
