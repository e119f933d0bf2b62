"""小企业会计准则 (2013), as far as a chain of shops posts to it.

Four-digit codes and names are the standard's; longer codes are ours. Source: domain rule 12.
"""

from __future__ import annotations

from retail_domain.ledger.chart import Account, AccountRole, Chart, Side

DEBIT, CREDIT = Side.DEBIT, Side.CREDIT

SMALL_ENTERPRISE_CHART = Chart(
    "small_enterprise",
    (
        Account("1001", "库存现金", "Cash on hand", DEBIT, AccountRole.CASH),
        Account("1002", "银行存款", "Bank deposits", DEBIT, AccountRole.BANK),
        Account("1012", "其他货币资金", "Other monetary funds", DEBIT),
        Account("101201", "刷卡在途", "Card clearing", DEBIT, AccountRole.CARD_CLEARING),
        Account("101202", "移动支付在途", "Wallet clearing", DEBIT, AccountRole.WALLET_CLEARING),
        Account("1122", "应收账款", "Accounts receivable", DEBIT),
        Account("1123", "预付账款", "Prepayments", DEBIT),
        Account("1221", "其他应收款", "Other receivables", DEBIT),
        Account(
            "122101", "门店垫付款", "Paid out by stores", DEBIT, AccountRole.PAID_OUT_BY_STORES
        ),
        Account("122102", "内部往来", "Between stores", DEBIT, AccountRole.BETWEEN_STORES),
        Account("1402", "在途物资", "Materials in transit from suppliers", DEBIT),
        Account("1405", "库存商品", "Merchandise", DEBIT),
        Account("140501", "门店库存", "Merchandise in stores", DEBIT, AccountRole.INVENTORY),
        Account("140502", "调拨在途", "Transfers in transit", DEBIT, AccountRole.GOODS_IN_TRANSIT),
        Account("1411", "周转材料", "Revolving materials", DEBIT),
        Account("1901", "待处理财产损溢", "Property losses pending", DEBIT),
        Account(
            "190101", "存货盘盈盘亏", "Stock found and missing", DEBIT, AccountRole.PENDING_LOSS
        ),
        Account("190102", "现金长短款", "Cash over and short", DEBIT, AccountRole.CASH_OVER_SHORT),
        Account("2202", "应付账款", "Accounts payable", CREDIT),
        Account(
            "220201", "应付供应商", "Payable to suppliers", CREDIT, AccountRole.ACCOUNTS_PAYABLE
        ),
        Account(
            "220202",
            "暂估应付",
            "Goods received, not invoiced",
            CREDIT,
            AccountRole.GOODS_RECEIVED_NOT_INVOICED,
        ),
        Account("2203", "预收账款", "Advances from customers", CREDIT),
        Account("2221", "应交税费", "Taxes payable", CREDIT),
        Account("222101", "应交增值税", "VAT payable", CREDIT),
        Account("22210101", "进项税额", "Input VAT", DEBIT, AccountRole.INPUT_TAX),
        Account("22210105", "销项税额", "Output VAT", CREDIT, AccountRole.OUTPUT_TAX),
        Account("2241", "其他应付款", "Other payables", CREDIT),
        Account("224101", "门店代收款", "Paid in to stores", CREDIT, AccountRole.PAID_IN_TO_STORES),
        Account("3001", "实收资本", "Paid-in capital", CREDIT),
        Account("300101", "期初投入存货", "Opening stock", CREDIT, AccountRole.OPENING_STOCK),
        Account("3103", "本年利润", "Profit of the year", CREDIT, AccountRole.PROFIT_OF_YEAR),
        Account("3104", "利润分配", "Profit distribution", CREDIT),
        Account("5001", "主营业务收入", "Sales revenue", CREDIT, AccountRole.SALES_REVENUE),
        Account("5051", "其他业务收入", "Other revenue", CREDIT),
        Account("5301", "营业外收入", "Non-operating income", CREDIT),
        Account("5401", "主营业务成本", "Cost of sales", DEBIT),
        Account(
            "540101", "商品销售成本", "Cost of goods sold", DEBIT, AccountRole.COST_OF_GOODS_SOLD
        ),
        Account("540102", "成本差异", "Cost variance", DEBIT, AccountRole.COST_VARIANCE),
        Account("5403", "税金及附加", "Taxes and surcharges", DEBIT),
        Account("5601", "销售费用", "Selling expenses", DEBIT),
        Account("560101", "抹零", "Cash rounding", DEBIT, AccountRole.CASH_ROUNDING),
        Account("560102", "门店自用和样品", "Store use and samples", DEBIT, AccountRole.STORE_USE),
        Account("560109", "其他销售费用", "Other selling expenses", DEBIT),
        Account("5602", "管理费用", "Administrative expenses", DEBIT),
        Account("5603", "财务费用", "Finance expenses", DEBIT),
        Account("5711", "营业外支出", "Non-operating expenses", DEBIT),
        Account("5801", "所得税费用", "Income tax", DEBIT),
    ),
    income_prefix="5",
)
