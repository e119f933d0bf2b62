"""What a person may not do, or what is wrong with a role, and what can be done about it."""

from __future__ import annotations

from retail_domain.errors import RetailError


class RightMissingError(RetailError):
    """The role does not allow it."""

    code = "right_missing"
    en = "Your role {role_id} does not allow {right}. Ask somebody who may do it."
    zh = "您的角色 {role_id} 没有 {right} 权限。请找有权限的人处理。"


class StoreOutOfReachError(RetailError):
    """Another person's store."""

    code = "store_out_of_reach"
    en = "Store {store} is not one of the stores of {person_no}."
    zh = "门店 {store} 不在 {person_no} 的管辖范围内。"


class ReachTooSmallError(RetailError):
    """Something of the whole chain, asked by somebody who reaches some stores."""

    code = "reach_too_small"
    en = "{right} concerns the whole chain; {person_no} reaches some stores only."
    zh = "{right} 涉及整个连锁；{person_no} 只管辖部分门店。"


class LimitExceededError(RetailError):
    """Too much for one action of this person."""

    code = "limit_exceeded"
    en = "{right}: {measure} is {amount}, your limit is {limit}. Ask for approval."
    zh = "{right}：{measure} 为 {amount}，超过您的限额 {limit}。请找上级授权。"


class SecondPersonNeededError(RetailError):
    """Four eyes: nobody does or approves this for themselves."""

    code = "second_person_needed"
    en = "{right} needs a second person: {person_no} may not approve their own action."
    zh = "{right} 需要第二人授权：{person_no} 不能授权自己的操作。"


class FieldHiddenError(RetailError):
    """The role does not show it."""

    code = "field_hidden"
    en = "Your role {role_id} does not show {field}."
    zh = "您的角色 {role_id} 不能查看 {field}。"


class FeatureOffError(RetailError):
    """Headquarters left it out, for a store or a role."""

    code = "feature_off"
    en = "{right} is switched off here by headquarters."
    zh = "总部已在此关闭 {right} 功能。"


class FeatureFixedError(RetailError):
    """A store can't trade without it."""

    code = "feature_fixed"
    en = "These can't be switched off: {rights}. A store sells and closes its day by them."
    zh = "这些功能不能关闭：{rights}。门店要靠它们销售和日结。"


class ReachUnreadableError(RetailError):
    """Not a way to name stores."""

    code = "reach_unreadable"
    en = "{reach} names no stores. Write all, stores:S001,S002 or regions:East."
    zh = "{reach} 不是有效的管辖范围。请写 all、stores:S001,S002 或 regions:华东。"


class LimitsUnreadableError(RetailError):
    """Not a limit."""

    code = "limits_unreadable"
    en = "{limits} is no limit. Write measure=amount, such as refund_fen=20000."
    zh = "{limits} 不是有效的限额。请写 项目=数值，例如 refund_fen=20000。"


class RoleIdError(RetailError):
    """A name for documents and addresses."""

    code = "role_id"
    en = "{role_id} is no role id: use 1 to 32 small letters, digits or _, a letter first."
    zh = "{role_id} 不能作角色编号：请用 1 到 32 个小写字母、数字或 _，以字母开头。"


class RoleShowsMoreError(RetailError):
    """A right would show what the fields hide."""

    code = "role_shows_more"
    en = "Role {role_id} has rights that show {fields}. Add these fields, or take the rights away."
    zh = "角色 {role_id} 的权限会显示 {fields}。请加上这些字段，或去掉相应权限。"
