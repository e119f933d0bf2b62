"""A virtual machine with a whole Linux kernel, whose only program is a script of ours.

The kernel comes from Debian's package, the root file system is an initramfs of busybox, this
interpreter and our own packages. No KVM: QEMU translates the instructions, so any machine will do.
"""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import threading

PACKAGES = ("PIL", "pillow.libs", "evdev", "evdev_binary.libs", "serial", "noto_cjk_sans_otc")
"""What the drivers import. The font itself is left out: nothing is drawn in the machine."""
MODULES = (
    *("evdev", "uinput", "usbhid", "hid_generic", "cdc_acm", "usblp"),
    *("dummy_hcd", "libcomposite", "usb_f_hid", "usb_f_acm", "usb_f_printer"),
)
DROPPED = frozenset(
    {
        *("test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "venv"),
        *("site-packages", "dist-packages", "__pycache__", "pydoc_data", "distutils", "unittest"),
        *("sqlite3", "dbm", "curses", "wsgiref", "xmlrpc", "asyncio"),
    }
)
"""Of the standard library: a smaller image boots sooner."""
DROPPED_PREFIXES = ("config-3", "_test", "_codecs_", "_tkinter", "_sqlite", "_curses", "_dbm")
BOOT_OPTIONS = "console=ttyS0 quiet panic=-1 edd=off mitigations=off nokaslr tsc=reliable"
COMMANDS = "sh mount insmod mkdir poweroff ln"
INIT = """#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/pts; mount -t devpts devpts /dev/pts
for module in /mods/*.ko; do insmod $module $(cat $module.options 2>/dev/null); done
mount -t configfs cfg /sys/kernel/config
{python} -s -B -u -m tests.hardware.vm.guest
poweroff -f
"""
KERNEL_PACKAGE = re.compile(r"^\s*Depends:\s*(linux-image-\S+)$", re.MULTILINE)
WANTED_FILES = (
    *("./boot/vmlinuz-*", "*/drivers/usb/*", "*/drivers/hid/*", "*/drivers/input/*"),
    *("*/fs/configfs/*", "*/modules.builtin"),
)
"""Of the 400 MB of the kernel package."""
DOWNLOAD_TIMEOUT_S = 120.0


class MachineMissingError(Exception):
    """What the machine is made of is not to be had; the text is the reason of a skip."""


def fetch_kernel(folder: pathlib.Path) -> pathlib.Path:
    """Unpack Debian's kernel into a folder, unless it is there.

    Raises:
        MachineMissingError: no qemu, no busybox, no network, or no Debian.
    """
    for program in ("qemu-system-x86_64", "busybox", "cpio", "apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise MachineMissingError(f"{program} is not installed")
    unpacked = folder / "kernel"
    if (unpacked / "boot").exists():
        return unpacked
    try:
        depends = _run(["apt-cache", "depends", "linux-image-amd64"], folder)
        found = KERNEL_PACKAGE.search(depends)
        if found is None:
            raise MachineMissingError("no Debian kernel package is known here")
        _run(["apt-get", "download", found[1]], folder)
    except (OSError, subprocess.SubprocessError) as error:
        raise MachineMissingError(f"the kernel can't be downloaded: {error}") from error
    package = next(folder.glob("linux-image-*.deb"))
    staged = folder / "kernel.new"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE
    ) as unpack:
        tar = ["tar", "-x", "-C", str(staged), "--wildcards", *WANTED_FILES]
        subprocess.run(tar, stdin=unpack.stdout, check=True)
    package.unlink()
    staged.rename(unpacked)
    return unpacked


def build_image(kernel: pathlib.Path, repository: pathlib.Path, folder: pathlib.Path) -> None:
    """Make `guest.cpio` in a folder: busybox, modules, interpreter, our code."""
    root = folder / "root"
    for name in ("bin", "proc", "sys", "dev", "tmp", "mods", "run", "etc", "lib64"):
        (root / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin" / "busybox")
    for command in [*COMMANDS.split(), "cat"]:
        (root / "bin" / command).symlink_to("busybox")
    for place, module in enumerate(_order_modules(kernel)):
        shutil.copy(module, root / "mods" / f"{place:02}_{module.name}")
        if module.stem == "dummy_hcd":
            (root / "mods" / f"{place:02}_{module.name}.options").write_text("num=2\n")
    python = _copy_python(root)
    for room in ("hardware", "tests"):
        shutil.copytree(repository / room, root / room, ignore=_keep_code)
    init = root / "init"
    init.write_text(INIT.format(python=python))
    init.chmod(0o755)
    _copy_libraries(root, pathlib.Path(python))
    compile_all = [sys.executable, "-m", "compileall", "-q", "-j", "2", "-s", str(root), str(root)]
    subprocess.run([*compile_all, "--invalidation-mode", "unchecked-hash"], check=False)
    with (folder / "guest.cpio").open("wb") as image:
        names = subprocess.run(["find", "."], cwd=root, check=True, capture_output=True).stdout
        cpio = ["cpio", "-o", "-H", "newc", "--quiet"]
        subprocess.run(cpio, cwd=root, input=names, stdout=image, check=True)
    shutil.rmtree(root)


def make_command(kernel: pathlib.Path, image: pathlib.Path) -> list[str]:
    """Say how to run the machine: one CPU, no network, no disk, its console on stdout."""
    vmlinuz = next((kernel / "boot").glob("vmlinuz-*"))
    return [
        *("qemu-system-x86_64", "-M", "pc,i8042=off", "-accel", "tcg", "-cpu", "qemu64"),
        *("-m", "768", "-smp", "1", "-nodefaults", "-no-user-config", "-display", "none"),
        *("-no-reboot", "-nic", "none", "-kernel", str(vmlinuz), "-initrd", str(image)),
        *("-append", BOOT_OPTIONS, "-serial", "stdio"),
    ]


def run_until(command: list[str], last_words: str, timeout_s: float) -> str:
    """Run the machine until it says its last words, and end it there.

    Returns:
        All that it said; without the last words when it stopped, or was stopped, before.
    """
    said = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as machine:
        assert machine.stdout is not None
        guard = threading.Timer(timeout_s, machine.kill)
        guard.start()
        for line in machine.stdout:
            said.append(line)
            if line.startswith(last_words):
                break
        guard.cancel()
        machine.kill()
    return "".join(said)


def _order_modules(kernel: pathlib.Path) -> list[pathlib.Path]:
    """Modules with what they depend on, in the order in which they have to be loaded."""
    files = {path.stem.replace("-", "_"): path for path in kernel.glob("lib/modules/**/*.ko")}
    ordered: list[pathlib.Path] = []

    def add(name: str) -> None:
        path = files.get(name.replace("-", "_"))
        if path is None or path in ordered:
            return  # Built in.
        depends = re.search(rb"\0depends=([^\0]*)\0", path.read_bytes())
        for needed in depends[1].decode().split(",") if depends else []:
            add(needed)
        ordered.append(path)

    for name in MODULES:
        add(name)
    return ordered


def _copy_python(root: pathlib.Path) -> str:
    """Copy this interpreter with its library and the packages of the drivers to the same paths."""
    python = pathlib.Path(sys.executable).resolve()
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, root / library.relative_to("/"), ignore=_drop)
    target = root / library.relative_to("/")
    packages = pathlib.Path(sysconfig.get_path("purelib"))
    for name in PACKAGES:
        if (packages / name).is_dir():
            shutil.copytree(packages / name, target / name, ignore=_keep_code)
    for binary in packages.glob("zint*.so"):
        shutil.copy(binary, target)
    (root / python.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(python, root / python.relative_to("/"))
    return str(python)


def _copy_libraries(root: pathlib.Path, python: pathlib.Path) -> None:
    """Copy the shared libraries of everything; ldd does not show the one that threads end with."""
    wanted = set(pathlib.Path("/lib/x86_64-linux-gnu").glob("libgcc_s.so.1"))
    for binary in [python, *root.rglob("*.so")]:
        for line in _run(["ldd", str(binary)], root, is_checked=False).splitlines():
            found = re.search(r"(/\S+) \(", line)
            if found and not found[1].startswith(str(root)):
                wanted.add(pathlib.Path(found[1]))
    for library in wanted:
        target = root / library.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy(library.resolve(), target)


def _drop(_folder: str, names: list[str]) -> set[str]:
    return {n for n in names if n in DROPPED or n.startswith(DROPPED_PREFIXES) or n.endswith(".a")}


def _keep_code(_folder: str, names: list[str]) -> set[str]:
    return {n for n in names if n == "__pycache__" or n.endswith((".ttc", ".otc", ".pyi"))}


def _run(command: list[str], folder: pathlib.Path, *, is_checked: bool = True) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        check=is_checked,
        capture_output=True,
        text=True,
        timeout=DOWNLOAD_TIMEOUT_S,
    )
    return done.stdout
