"""Tables of what comes from Slack and goes there, as Tortoise models. Nothing outside this room sees them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class InboxRecord(Model):
    """One delivery, under the key that makes it count once. `lease_until`: no other process takes it before then."""

    key = fields.CharField(primary_key=True, max_length=300)
    kind = fields.CharField(max_length=30)
    text = fields.TextField()
    received_at = fields.DatetimeField()
    lease_until = fields.DatetimeField()
    attempts = fields.IntField(default=1)
    done_at = fields.DatetimeField(null=True, db_index=True)
    outcome = fields.TextField(default="")

    class Meta:
        table = "inbox_deliveries"


class MessageRecord(Model):
    """One message that a surface should show, and what it was last sent there.

    `wanted` and `sent` are digests: where they differ there is something to send. `posting_since` is set before a
    message is posted and cleared by Slack's answer: a message whose answer was lost is looked for before it is posted
    again. `form`: 0 as made, 1 with simpler blocks, 2 text only, after Slack refused the form before it.
    """

    id = fields.CharField(primary_key=True, max_length=400)
    surface = fields.CharField(max_length=40, db_index=True)
    key = fields.CharField(max_length=350)
    recovery = fields.CharField(max_length=64, default="", db_index=True)
    channel = fields.CharField(max_length=40)
    thread = fields.CharField(max_length=350, default="")
    payload = fields.TextField()
    wanted = fields.CharField(max_length=64)
    sent = fields.CharField(max_length=64, default="")
    ts = fields.CharField(max_length=40, default="")
    posting_since = fields.DatetimeField(null=True)
    pin = fields.BooleanField(default=False)
    pinned = fields.BooleanField(default=False)
    form = fields.IntField(default=0)
    refusal = fields.CharField(max_length=120, default="")
    wanted_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_messages"


class InstallationRecord(Model):
    """The app in one workspace (`id` is that of the team), or in all of an organisation (that of the enterprise).

    `token` is sealed: whoever reads the database alone cannot use it.
    """

    id = fields.CharField(primary_key=True, max_length=40)
    name = fields.CharField(max_length=200, default="")
    url = fields.CharField(max_length=300, default="")
    token = fields.TextField()
    bot = fields.CharField(max_length=40)
    bot_user = fields.CharField(max_length=40)
    scopes = fields.TextField(default="")
    installed_by = fields.CharField(max_length=40, default="")
    installed_at = fields.DatetimeField()

    class Meta:
        table = "slack_installations"


class OAuthStateRecord(Model):
    """One installation that a browser began: the digest of its state, good until then and for one use."""

    digest = fields.CharField(primary_key=True, max_length=64)
    until = fields.DatetimeField(db_index=True)

    class Meta:
        table = "slack_oauth_states"
