"""The tables of effects, as they begin."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='QuotaUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('person', models.CharField(blank=True, max_length=80)),
                ('day', models.DateField()),
                ('used', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'person', 'day'), name='one_quota_row')],
            },
        ),
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('subject_kind', models.CharField(max_length=20)),
                ('subject_id', models.CharField(max_length=200)),
                ('sink', models.CharField(max_length=60)),
                ('details', models.JSONField(default=dict)),
                ('person', models.CharField(max_length=80)),
                ('approved_by', models.CharField(blank=True, max_length=80)),
                ('origin', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('claimed', 'Claimed'), ('done', 'Done'), ('failed', 'Failed'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('claim', models.CharField(blank=True, max_length=32)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('counted_on', models.DateField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('after', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='effects.effect')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['state', 'next_at'], name='effect_due'), models.Index(fields=['origin'], name='effect_origin'), models.Index(fields=['subject_kind', 'subject_id'], name='effect_subject')],
            },
        ),
    ]
