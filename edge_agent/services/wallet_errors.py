"""Rules of wallet payments that a person at the till can act on."""

from __future__ import annotations

from retail_domain.errors import RetailError


class NoGatewayError(RetailError):
    """A pay code at a store without a payment provider."""

    code = "no_payment_gateway"
    en = "This store has no payment provider, so pay codes can't be charged. Take another tender."
    zh = "本店未开通扫码收款，请改用其他付款方式。"


class NotAPayCodeError(RetailError):
    """Something else was scanned or typed."""

    code = "not_a_pay_code"
    en = "{pay_code} is no pay code of WeChat or Alipay. Scan the code on the customer's phone."
    zh = "{pay_code} 不是微信或支付宝付款码，请扫顾客手机上的付款码。"


class WalletPendingError(RetailError):
    """The ticket waits for a payment, or holds one."""

    code = "wallet_pending"
    en = "A wallet payment of {amount_yuan} is asked for or paid. Finish it or take it back."
    zh = "本单有一笔 {amount_yuan} 元的扫码付款正在收款或已付。请先完成，或撤回该付款。"


class WalletAmountError(RetailError):
    """More or less than the ticket can take."""

    code = "wallet_amount"
    en = "{amount_yuan} can't be charged: {rest_yuan} of this ticket is still due."
    zh = "不能收款 {amount_yuan} 元：本单还应收 {rest_yuan} 元。"


class WalletOverpaidError(RetailError):
    """Goods came back after a wallet had paid for the new ones."""

    code = "wallet_overpaid"
    en = "A wallet paid {paid_yuan}, but only {due_yuan} is due. Take the payment back first."
    zh = "电子钱包已付 {paid_yuan} 元，多于应收的 {due_yuan} 元。请先撤回收款。"


class WalletByHandError(RetailError):
    """A wallet was entered as if it were cash where a provider charges it."""

    code = "wallet_by_hand"
    en = "Scan the customer's pay code instead: the payment provider charges wallets here."
    zh = "请扫顾客付款码：本店的微信、支付宝由支付通道收款，不能手工登记。"


class WalletNotFoundError(RetailError):
    """Not of this register, or over."""

    code = "wallet_not_found"
    en = "There is no such payment on this ticket any more."
    zh = "本单没有这笔付款，或它已经结束。"


class WalletDeclinedError(RetailError):
    """The provider refused; nothing was charged."""

    code = "wallet_declined"
    en = "{amount_yuan} was not paid: {reason}. Nothing was charged; ask for another tender."
    zh = "扫码付款 {amount_yuan} 元未成功：{reason}。没有扣款，请换一种付款方式。"


class WalletTakenBackError(RetailError):
    """The provider confirmed that nothing was kept."""

    code = "wallet_taken_back"
    en = "{amount_yuan} was taken back: whatever was charged is returned to the customer."
    zh = "扫码付款 {amount_yuan} 元已撤回：如已扣款，将原路退回顾客。"


class WalletRefundTooLargeError(RetailError):
    """More than was paid by that wallet on the receipts."""

    code = "wallet_refund_too_large"
    en = "That wallet paid {left_yuan} of these receipts, not {amount_yuan}. Give cash instead."
    zh = "这些小票最多可退回该钱包 {left_yuan} 元，不能退 {amount_yuan} 元。请改退现金。"


class WalletRefundDeclinedError(RetailError):
    """The customer still has it to get."""

    code = "wallet_refund_declined"
    en = "{amount_yuan} was not given back to the customer's wallet: {reason}. Call the manager."
    zh = "{amount_yuan} 元未能退回顾客钱包：{reason}。请联系店长处理。"


class WalletsLeftError(RetailError):
    """A day ends with nothing paid and not sold."""

    code = "wallets_left"
    en = "{count} wallet payments wait for their ticket. Finish or take them back before the close."
    zh = "还有 {count} 笔扫码付款没有完成。请先完成或撤回，再日结。"
