from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PlaybookVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=16, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=80)),
                ('content', models.JSONField(help_text='file name → resolved content')),
                ('applied_at', models.DateTimeField(db_index=True)),
                ('applied_by', models.CharField(max_length=80)),
                ('note', models.CharField(blank=True, max_length=200)),
            ],
        ),
    ]
