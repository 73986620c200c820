"""The tables of cases, as they begin."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField(default=0)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('name', models.CharField(max_length=64, unique=True)),
                ('pseudonym', models.CharField(max_length=32, unique=True)),
                ('legal_name', models.CharField(blank=True, max_length=200)),
                ('roles', models.JSONField(default=list)),
                ('languages', models.JSONField(default=list)),
                ('competences', models.JSONField(default=list)),
                ('streams', models.JSONField(default=list)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('reset_at', models.DateTimeField(null=True)),
                ('second_factor', models.TextField(blank=True)),
                ('second_factor_step', models.BigIntegerField(default=0)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(null=True)),
                ('must_change_password', models.BooleanField(default=True)),
                ('severe_case', models.BigIntegerField(null=True)),
                ('severe_at', models.DateTimeField(null=True)),
                ('items_an_hour', models.PositiveSmallIntegerField(null=True)),
                ('items_a_day', models.PositiveSmallIntegerField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='created', to=settings.AUTH_USER_MODEL)),
                ('reset_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resets', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network_id', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('merged', 'Merged')], default='open', max_length=8)),
                ('stream', models.CharField(choices=[('networks', 'Networks'), ('children', 'Children'), ('spread', 'Spread')], default='networks', max_length=12)),
                ('language', models.CharField(blank=True, max_length=35)),
                ('competence', models.CharField(blank=True, max_length=40)),
                ('priority', models.IntegerField(default=0)),
                ('reasons', models.JSONField(default=list)),
                ('severe', models.BooleanField(default=False)),
                ('risk', models.FloatField(default=0.0)),
                ('size', models.PositiveIntegerField(default=0)),
                ('undecided', models.PositiveIntegerField(default=0)),
                ('roles', models.JSONField(default=dict)),
                ('first_at', models.DateTimeField(null=True)),
                ('last_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('run', models.CharField(blank=True, max_length=64)),
                ('returned', models.PositiveIntegerField(default=0)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('escalated', models.CharField(blank=True, max_length=500)),
                ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='cases.case')),
                ('split_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_into', to='cases.case')),
            ],
            options={
                'ordering': ['-priority', '-risk', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('whole_network', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='cases.case')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AccountDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_id', models.CharField(max_length=200)),
                ('action', models.CharField(choices=[('remove', 'Remove'), ('restrict', 'Restrict'), ('clear', 'Clear'), ('protect', 'Protect'), ('watch', 'Watch')], max_length=10)),
                ('role', models.CharField(max_length=16)),
                ('standing', models.BooleanField(default=True)),
                ('overturned', models.BooleanField(default=False)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='cases.decision')),
            ],
            options={
                'ordering': ['account_id'],
            },
        ),
        migrations.CreateModel(
            name='GoldCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gold_cases', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='gold', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_id', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('handle', 'Handle'), ('name', 'Name'), ('bio', 'Bio'), ('post', 'Post'), ('term', 'Term')], max_length=8)),
                ('digest', models.CharField(max_length=64)),
                ('severity', models.PositiveSmallIntegerField(default=1)),
                ('sealed', models.TextField()),
                ('at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='cases.case')),
            ],
            options={
                'ordering': ['account_id', 'kind', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('verdict', models.CharField(choices=[('violates', 'Violates'), ('harmless', 'Harmless'), ('unsure', 'Unsure')], max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account_id', models.CharField(max_length=200)),
                ('role', models.CharField(max_length=16)),
                ('risk', models.FloatField()),
                ('probabilities', models.JSONField(default=dict)),
                ('evidence', models.JSONField(default=list)),
                ('signals', models.JSONField(default=list)),
                ('present', models.BooleanField(default=True)),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField()),
                ('action', models.CharField(blank=True, choices=[('remove', 'Remove'), ('restrict', 'Restrict'), ('clear', 'Clear'), ('protect', 'Protect'), ('watch', 'Watch')], max_length=10)),
                ('action_pending', models.BooleanField(default=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='cases.case')),
            ],
            options={
                'ordering': ['-risk', 'account_id'],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.TextField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='cases.case')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('forced', models.BooleanField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-begins'],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('takedown', 'Takedown'), ('lexicon_block', 'Lexicon Block'), ('report', 'Report'), ('signal_share', 'Signal Share'), ('purge', 'Purge'), ('guard_off', 'Guard Off')], max_length=16)),
                ('subject', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('open', 'Open'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='open', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_through', models.CharField(max_length=10)),
                ('opinion', models.TextField()),
                ('expires_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('second_opinion', models.TextField(blank=True)),
                ('emergency', models.BooleanField(default=False)),
                ('review_by', models.DateTimeField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('upheld', models.BooleanField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='cases.case')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals_decided', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-proposed_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to=settings.AUTH_USER_MODEL)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='cases.proposal')),
            ],
        ),
        migrations.AddField(
            model_name='decision',
            name='proposal',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='cases.proposal'),
        ),
        migrations.CreateModel(
            name='Reveal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('severity', models.PositiveSmallIntegerField()),
                ('purpose', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reveals', to='cases.case')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reveals', to='cases.item')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reveals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('chosen', models.JSONField(default=dict)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='filters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SecondReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accounts', models.JSONField()),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('answers', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='second_reviews', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='second_reviews', to='cases.decision')),
            ],
            options={
                'ordering': ['asked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Shared',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('subject_id', models.CharField(max_length=200)),
                ('risk', models.FloatField(default=0.0)),
                ('accounts', models.JSONField(default=list)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shared', to='cases.case')),
            ],
            options={
                'ordering': ['-risk', 'subject_id'],
            },
        ),
        migrations.CreateModel(
            name='Skip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skips', to='cases.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skips', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Ties',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('packed', models.BinaryField()),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ties', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=80, unique=True)),
                ('account_id', models.CharField(max_length=200)),
                ('received_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField()),
                ('sealed', models.TextField(blank=True)),
                ('details', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('overturned', 'Overturned'), ('unmatched', 'Unmatched')], default='open', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to=settings.AUTH_USER_MODEL)),
                ('decided', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='cases.accountdecision')),
            ],
            options={
                'ordering': ['answer_by', 'id'],
                'indexes': [models.Index(fields=['state', 'answer_by'], name='appeal_due')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.CharField(max_length=32)),
                ('pseudonym', models.CharField(max_length=32)),
                ('door', models.CharField(max_length=10)),
                ('action', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=200)),
                ('case_id', models.BigIntegerField(null=True)),
                ('purpose', models.CharField(blank=True, max_length=300)),
                ('details', models.TextField()),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_entries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-sequence'],
                'indexes': [models.Index(fields=['case_id', '-sequence'], name='audit_case'), models.Index(fields=['pseudonym', '-sequence'], name='audit_person')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', '-priority', '-risk', 'id'], name='case_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['network_id'], name='case_network'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('network_id',), name='one_open_case_a_network'),
        ),
        migrations.AddConstraint(
            model_name='accountdecision',
            constraint=models.UniqueConstraint(fields=('decision', 'account_id'), name='one_row_a_decided_account'),
        ),
        migrations.AddConstraint(
            model_name='accountdecision',
            constraint=models.UniqueConstraint(condition=models.Q(('standing', True)), fields=('account_id',), name='one_standing_decision_an_account'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['digest'], name='item_digest'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('case', 'account_id', 'kind', 'digest'), name='one_row_an_item'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['account_id'], name='member_account'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['case', '-risk', 'account_id'], name='member_order'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('case', 'account_id'), name='one_row_a_member'),
        ),
        migrations.AddIndex(
            model_name='pause',
            index=models.Index(fields=['person', 'ends'], name='pause_person'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['state', 'expires_at'], name='proposal_open'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['emergency', 'reviewed_at'], name='proposal_review'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.UniqueConstraint(fields=('proposal', 'person'), name='one_look_a_person'),
        ),
        migrations.AddIndex(
            model_name='reveal',
            index=models.Index(fields=['person', '-at'], name='reveal_person'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.UniqueConstraint(fields=('person', 'name'), name='one_filter_a_name'),
        ),
        migrations.AddIndex(
            model_name='shared',
            index=models.Index(fields=['kind', 'subject_id'], name='shared_thing'),
        ),
        migrations.AddConstraint(
            model_name='shared',
            constraint=models.UniqueConstraint(fields=('case', 'kind', 'subject_id'), name='one_row_a_shared_thing'),
        ),
        migrations.AddConstraint(
            model_name='skip',
            constraint=models.UniqueConstraint(fields=('case', 'person'), name='one_skip_a_case'),
        ),
    ]
