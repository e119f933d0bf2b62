"""Rules of the device link and its settings that a person can act on."""

from __future__ import annotations

from retail_domain.errors import RetailError


class LinkSocketInUseError(RetailError):
    """The box runs already, or the path is something else."""

    code = "link_socket_in_use"
    en = "{path} is in use or is not a socket. Check whether this box runs already."
    zh = "{path} 已被占用，或者不是套接字。请检查本盒子是否已经在运行。"


class LinkSocketPathTooLongError(RetailError):
    """The operating system keeps socket paths short."""

    code = "link_socket_path_too_long"
    en = "The socket path {path} has {bytes_count} bytes; at most {limit} are possible."
    zh = "套接字路径 {path} 有 {bytes_count} 字节，最多 {limit} 字节。"


class UnknownDriverError(RetailError):
    """The kind of a device is none that is known."""

    code = "unknown_driver"
    en = "Device {device_id} has the kind {kind}; known are {choices}."
    zh = "设备 {device_id} 的类型 {kind} 未知，可用类型: {choices}。"


class DeviceOptionError(RetailError):
    """An option of a device is none of its driver's, or is set to what it can't be."""

    code = "device_option"
    en = "Device {device_id} is a {kind}; {option} can't be {value}, only {choices}."
    zh = "设备 {device_id} 的类型是 {kind}，选项 {option} 不能是 {value}，可选: {choices}。"


class DeviceLineError(RetailError):
    """Serial settings are written in another way."""

    code = "device_line"
    en = "Device {device_id}: {line} is no serial setting; one is written as 9600 8N1."
    zh = "设备 {device_id}: {line} 不是串口参数，应写成 9600 8N1。"


class DeviceIdError(RetailError):
    """Names of devices are short and different."""

    code = "device_id"
    en = "The device name {device_id} is used twice, empty, or longer than {limit} characters."
    zh = "设备名 {device_id} 重复、为空，或超过 {limit} 个字符。"


class TooManyDevicesError(RetailError):
    """More devices than one process drives."""

    code = "too_many_devices"
    en = "{count} devices are configured; one device process drives at most {limit}."
    zh = "配置了 {count} 个设备，一个设备进程最多驱动 {limit} 个。"


class ScaleListError(RetailError):
    """Prices that are not at the scale yet."""

    code = "scale_list"
    en = "The list did not reach {target} whole: {reason}. Send it again."
    zh = "价格清单没有完整送达 {target}：{reason}。请重新发送。"
