"""`{{ form }}` and its fields come out accessible everywhere (settings.FORM_RENDERER)."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "shell/forms/form.html"
    field_template_name = "shell/forms/field.html"
