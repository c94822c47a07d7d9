from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AnswerRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=400)),
                ('recovery', fields.CharField(db_index=True, max_length=64)),
                ('unit', fields.CharField(max_length=200)),
                ('step', fields.CharField(max_length=200)),
                ('attempt', fields.IntField()),
                ('event', fields.TextField(unique=False)),
                ('applied', fields.BooleanField(default=False)),
            ],
            options={'table': 'answers', 'app': 'bringback', 'pk_attr': 'id', 'table_description': 'One answer of a person: the first to insert its id wins. `applied` once the workflow has gone on with it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EpochRecord',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('holder', fields.CharField(db_index=True, max_length=300)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'epochs', 'app': 'bringback', 'pk_attr': 'id', 'table_description': 'Each start of a holder, by name: its newest row is the owner epoch, and an older one may commit nothing.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EventRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=400)),
                ('stream', fields.CharField(max_length=64)),
                ('seq', fields.IntField()),
                ('kind', fields.CharField(max_length=40)),
                ('text', fields.TextField(unique=False)),
                ('previous', fields.CharField(max_length=64)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'ledger_events', 'app': 'bringback', 'unique_together': (('stream', 'seq'),), 'pk_attr': 'id', 'table_description': 'One entry of the ledger: `text` is the exact text that `hash` covers together with `previous`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='InboxRecord',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=300)),
                ('kind', fields.CharField(max_length=30)),
                ('text', fields.TextField(unique=False)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('lease_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('attempts', fields.IntField(default=1)),
                ('done_at', fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'inbox_deliveries', 'app': 'bringback', 'pk_attr': 'key', 'table_description': 'One delivery, under the key that makes it count once. `lease_until`: no other process takes it before then.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MessageRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=400)),
                ('surface', fields.CharField(db_index=True, max_length=40)),
                ('key', fields.CharField(max_length=350)),
                ('recovery', fields.CharField(default='', db_index=True, max_length=64)),
                ('channel', fields.CharField(max_length=40)),
                ('thread', fields.CharField(default='', max_length=350)),
                ('payload', fields.TextField(unique=False)),
                ('wanted', fields.CharField(max_length=64)),
                ('sent', fields.CharField(default='', max_length=64)),
                ('ts', fields.CharField(default='', max_length=40)),
                ('posting_since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('pin', fields.BooleanField(default=False)),
                ('pinned', fields.BooleanField(default=False)),
                ('form', fields.IntField(default=0)),
                ('refusal', fields.CharField(default='', max_length=120)),
                ('wanted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'message_messages', 'app': 'bringback', 'pk_attr': 'id', 'table_description': 'One message that a surface should show, and what it was last sent there.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProofRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=400)),
                ('system', fields.CharField(db_index=True, max_length=200)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'proofs', 'app': 'bringback', 'pk_attr': 'id', 'table_description': 'One piece of evidence, under the id of its event in the stream of the estate.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReadingRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=220)),
                ('system', fields.CharField(db_index=True, max_length=200)),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'readings', 'app': 'bringback', 'pk_attr': 'id', 'table_description': 'What one source of one system said last.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecoveryRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('number', fields.IntField(unique=True)),
                ('name', fields.CharField(max_length=200)),
                ('mode', fields.CharField(max_length=10)),
                ('status', fields.CharField(db_index=True, max_length=30)),
                ('plan', fields.TextField(unique=False)),
                ('requested_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('head_seq', fields.IntField(default=0)),
                ('projected_seq', fields.IntField(default=0)),
                ('control', fields.CharField(default='', max_length=10)),
            ],
            options={'table': 'recoveries', 'app': 'bringback', 'pk_attr': 'id', 'table_description': 'One recovery: its frozen plan, and what loops need to find it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReviewRecord',
            fields=[
                ('recovery', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('markdown', fields.TextField(unique=False)),
                ('html', fields.TextField(unique=False)),
                ('through_seq', fields.IntField(default=0)),
                ('kept_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reviews', 'app': 'bringback', 'pk_attr': 'recovery', 'table_description': 'The review of one recovery, as it was kept.'},
            bases=['Model'],
        ),
    ]
