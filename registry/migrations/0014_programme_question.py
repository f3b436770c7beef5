from django.db import migrations


class Migration(migrations.Migration):
    """Its table keeps its name."""

    dependencies = [
        ("registry", "0013_back_into_service"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Question", "ProgrammeQuestion"),
                migrations.AlterModelTable("ProgrammeQuestion", "registry_question"),
            ]
        )
    ]
