"""What can be wrong with a template or with what it is to show, for a person to put right."""

from __future__ import annotations

from retail_domain.errors import RetailError


class TemplatePlaceholderError(RetailError):
    """A name in braces that this kind of template does not fill."""

    code = "template_placeholder"
    en = "{element} of template {template_id} names {placeholder}; possible are {choices}."
    zh = "模板 {template_id} 的 {element} 引用了 {placeholder}，可用的字段是 {choices}。"


class TemplateGeometryError(RetailError):
    """An element outside its label, or a size that can't be printed."""

    code = "template_geometry"
    en = "{element} of template {template_id} does not fit: {reason}."
    zh = "模板 {template_id} 的 {element} 放不下：{reason}。"


class TemplateElementsError(RetailError):
    """Two elements of one name, or far too many."""

    code = "template_elements"
    en = "Template {template_id} has two elements {element}, or more than {limit} elements."
    zh = "模板 {template_id} 有两个名为 {element} 的元素，或元素超过 {limit} 个。"


class LabelCodeMissingError(RetailError):
    """A label that must carry a code, for an item that has none."""

    code = "label_code_missing"
    en = "{name} has no code for {element} of template {template_id}."
    zh = "商品 {name} 没有模板 {template_id} 的 {element} 所需的条码。"
