"""Rules that only the box knows."""

from __future__ import annotations

from retail_domain.errors import RetailError


class WrongTokenError(RetailError):
    """The screen or machine is not enrolled for the register."""

    code = "wrong_token"
    en = "This screen is not enrolled for register {register_no}. Ask IT for its link."
    zh = "本屏幕没有登记到 {register_no} 号收银台。请向 IT 索取登记链接。"


class UnboundDeviceError(RetailError):
    """A device reads, but nobody said for which register."""

    code = "unbound_device"
    en = "Device {device_id} is not bound to a register."
    zh = "设备 {device_id} 还没有绑定收银台。"


class BadRequestError(RetailError):
    """A request that no page of ours sends."""

    code = "bad_request"
    en = "The request cannot be read: {reason}."
    zh = "请求无法识别：{reason}。"


class PortInUseError(RetailError):
    """Another program has the port."""

    code = "port_in_use"
    en = "{host}:{port} is in use by another program. Stop it, or set another port."
    zh = "{host}:{port} 已被其他程序占用。请先停掉它，或改用别的端口。"


class InsecureAddressError(RetailError):
    """Plain HTTP beyond this machine."""

    code = "insecure_address"
    en = "{host} is reachable from other machines: set tls_certificate and tls_key, or 127.0.0.1."
    zh = "{host} 可从其他机器访问：请配置 tls_certificate 和 tls_key，或改用 127.0.0.1。"
