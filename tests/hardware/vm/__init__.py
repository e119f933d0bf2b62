"""The device host against a real kernel: USB devices that the kernel itself makes, in QEMU."""
