"""What the schema found, in a sentence a playbook's author understands."""

from pydantic_core import ErrorDetails

_SENTENCES = {
    "missing": "缺少“{last}”",
    "extra_forbidden": "不认识“{last}”这个键，核对写法",
    "literal_error": "“{last}”写成了“{input}”，只能是 {expected}",
    "enum": "“{last}”写成了“{input}”，只能是 {expected}",
    "int_parsing": "“{last}”应是整数，写成了“{input}”",
    "int_type": "“{last}”应是整数，写成了“{input}”",
    "bool_parsing": "“{last}”只能是 true 或 false，写成了“{input}”",
    "bool_type": "“{last}”只能是 true 或 false，写成了“{input}”",
    "string_type": "“{last}”应是文字，写成了“{input}”；像数字的文字请加引号",
    "string_too_short": "“{last}”不能为空",
    "string_too_long": "“{last}”太长，最多 {max_length} 个字",
    "string_pattern_mismatch": "“{last}”写成了“{input}”，格式应为 {pattern}",
    "greater_than_equal": "“{last}”是 {input}，不能小于 {ge}",
    "less_than_equal": "“{last}”是 {input}，不能大于 {le}",
    "tuple_type": "“{last}”应是列表（每行以 - 开头）",
    "list_type": "“{last}”应是列表（每行以 - 开头）",
    "dict_type": "“{last}”应是一组“键: 值”",
    "model_type": "“{last}”应是一组“键: 值”",
}


def sentence(error: ErrorDetails) -> str:
    """One sentence; a validator of ours has already written its own."""
    context = dict(error.get("ctx", {}))
    if error["type"] == "value_error":
        return str(context["error"])
    template = _SENTENCES.get(error["type"])
    if template is None:
        return f"“{_last(error)}”：{error['msg']}"
    return template.format(last=_last(error), input=_short(error["input"]), **context)


def _last(error: ErrorDetails) -> str:
    names = [step for step in error["loc"] if isinstance(step, str)]
    return names[-1] if names else "文件"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
