"""The roles that every chain begins with. A chain's own document of the same id replaces one."""

from __future__ import annotations

from retail_domain.people.right import Field, Measure, Right
from retail_domain.people.role import Role, require_role, unlimited

FLOOR_LEASE_DAYS = 30
"""Cashiers and supervisors: a store that lost its line for a month still trades in full."""
MANAGER_LEASE_DAYS = 7
"""Who may do most is trusted shortest: a dismissed manager is locked out within a week."""

AT_THE_TILL = frozenset({Right.SELL, Right.HANDLE_SHIFT, Right.REPRINT_RECEIPT})
IN_THE_BACK_ROOM = frozenset(
    {
        Right.RECEIVE_GOODS,
        Right.MOVE_TRANSFER,
        Right.REQUEST_STOCK,
        Right.COUNT_STOCK,
    }
)
SUPERVISION = frozenset(
    {
        Right.GIVE_DISCOUNT,
        Right.OVERRIDE_PRICE,
        Right.REFUND,
        Right.VOID_TICKET,
        Right.OPEN_DRAWER,
        Right.MOVE_CASH,
        Right.CLOSE_DAY,
    }
)
STORE_MANAGEMENT = frozenset({Right.RETURN_GOODS, Right.ADJUST_STOCK})
READING = frozenset(
    {
        Right.READ_STORES,
        Right.READ_STOCK,
        Right.READ_SALES,
        Right.READ_TRANSFERS,
        Right.READ_JOURNAL,
    }
)
ALL_RIGHTS, ALL_FIELDS = frozenset(Right), frozenset(Field)
COST_AND_MARGIN = frozenset({Field.COST, Field.MARGIN})

BUILT_IN_ROLES: tuple[Role, ...] = (
    Role(
        "cashier",
        "收银员",
        "Cashier",
        AT_THE_TILL | IN_THE_BACK_ROOM | {Right.GIVE_DISCOUNT, Right.REFUND},
        limits={
            Measure.DISCOUNT_BP: 500,
            Measure.DISCOUNT_FEN: 1_000,
            Measure.REFUND_FEN: 10_000,
        },
        lease_days=FLOOR_LEASE_DAYS,
    ),
    Role(
        "supervisor",
        "值班主管",
        "Supervisor",
        AT_THE_TILL | IN_THE_BACK_ROOM | SUPERVISION,
        limits={
            Measure.DISCOUNT_BP: 2_000,
            Measure.DISCOUNT_FEN: 10_000,
            Measure.OVERRIDE_BP: 2_000,
            Measure.REFUND_FEN: 100_000,
            Measure.PAY_OUT_FEN: 50_000,
        },
        four_eyes=frozenset({Right.VOID_TICKET}),
        lease_days=FLOOR_LEASE_DAYS,
    ),
    Role(
        "store_manager",
        "店长",
        "Store manager",
        AT_THE_TILL | IN_THE_BACK_ROOM | SUPERVISION | STORE_MANAGEMENT | READING,
        fields=frozenset({Field.MEMBER_DATA}),
        limits={
            Measure.DISCOUNT_BP: 5_000,
            Measure.DISCOUNT_FEN: 50_000,
            Measure.OVERRIDE_BP: 5_000,
            Measure.REFUND_FEN: 1_000_000,
            Measure.PAY_OUT_FEN: 500_000,
            Measure.ADJUSTMENT_FEN: 200_000,
        },
        lease_days=MANAGER_LEASE_DAYS,
    ),
    Role(
        "regional_manager",
        "区域经理",
        "Regional manager",
        SUPERVISION | STORE_MANAGEMENT | READING | {Right.DRAFT_TRANSFER, Right.APPROVE_TRANSFER},
        fields=COST_AND_MARGIN,
        limits={
            Measure.DISCOUNT_BP: 10_000,
            Measure.DISCOUNT_FEN: 200_000,
            Measure.OVERRIDE_BP: 10_000,
            Measure.REFUND_FEN: 5_000_000,
            Measure.PAY_OUT_FEN: 1_000_000,
            Measure.ADJUSTMENT_FEN: 1_000_000,
        },
        four_eyes=frozenset({Right.APPROVE_TRANSFER}),
        lease_days=MANAGER_LEASE_DAYS,
    ),
    Role(
        "manager",
        "总部经理",
        "Headquarters manager",
        ALL_RIGHTS,
        fields=ALL_FIELDS,
        limits=unlimited(ALL_RIGHTS),
        lease_days=MANAGER_LEASE_DAYS,
    ),
    Role(
        "finance",
        "财务",
        "Finance",
        READING | {Right.READ_LEDGER, Right.WRITE_ENTRY, Right.CLOSE_PERIOD},
        fields=COST_AND_MARGIN,
        limits={Measure.MANUAL_ENTRY_FEN: 1_000_000_000},
    ),
    Role(
        "buyer",
        "采购",
        "Buyer",
        (READING - {Right.READ_JOURNAL})
        | {Right.ORDER_GOODS, Right.DRAFT_TRANSFER, Right.MANAGE_ITEMS},
        fields=COST_AND_MARGIN,
        limits={Measure.ORDER_FEN: 100_000_000},
    ),
    Role(
        "it",
        "信息技术",
        "IT",
        frozenset(
            {
                Right.READ_STORES,
                Right.READ_JOURNAL,
                Right.READ_AUDIT,
                Right.MANAGE_BOXES,
                Right.MANAGE_PEOPLE,
            }
        ),
    ),
    Role(
        "auditor",
        "审计",
        "Auditor",
        READING | {Right.READ_LEDGER, Right.READ_AUDIT},
        fields=COST_AND_MARGIN,
    ),
)
for _role in BUILT_IN_ROLES:
    require_role(_role)
ROLE_BY_ID = {role.role_id: role for role in BUILT_IN_ROLES}
