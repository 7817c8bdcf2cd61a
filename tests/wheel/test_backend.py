"""The build backend, with scikit-build-core replaced by a fake."""

import importlib.util
import pathlib
import subprocess
import sys
import types
import unittest
from unittest import mock

BACKEND = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "wheel_backend.py"


def load_backend(wheel):
    """The backend, for which scikit-build-core builds a wheel of this name."""
    hooks = ["build_sdist", "get_requires_for_build_sdist", "get_requires_for_build_wheel",
             "prepare_metadata_for_build_wheel"]
    build = types.ModuleType("scikit_build_core.build")
    for hook in hooks:
        setattr(build, hook, mock.Mock(name=hook))
    build.build_wheel = lambda directory, settings, metadata: wheel
    package = types.ModuleType("scikit_build_core")
    package.build = build
    with mock.patch.dict(sys.modules, {"scikit_build_core": package, "scikit_build_core.build": build}):
        spec = importlib.util.spec_from_file_location("wheel_backend", BACKEND)
        backend = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(backend)
    return backend


class BackendTest(unittest.TestCase):
    def tag_of(self, wheel):
        """The platform that the backend gives to a wheel of this name."""
        backend = load_backend(wheel)
        backend.glibc_of = lambda _: (2, 17)
        done = subprocess.CompletedProcess([], 0, stdout="new.whl\n")
        with mock.patch.object(backend.subprocess, "run", return_value=done) as run:
            self.assertEqual(backend.build_wheel("/dist"), "new.whl")
        command = run.call_args.args[0]
        return command[command.index("--platform-tag") + 1]

    def test_the_platform_is_the_last_part_of_the_name(self):
        self.assertEqual(self.tag_of("pyslow-0.1.0-py3-none-linux_x86_64.whl"), "manylinux_2_34_x86_64")

    def test_a_wheel_may_have_a_build_tag(self):
        self.assertEqual(self.tag_of("pyslow-0.1.0-1-py3-none-linux_x86_64.whl"), "manylinux_2_34_x86_64")

    def test_an_editable_installation_gets_the_same_wheel(self):
        backend = load_backend("")
        for hook in ("build_{}", "get_requires_for_build_{}", "prepare_metadata_for_build_{}"):
            self.assertIs(getattr(backend, hook.format("editable")), getattr(backend, hook.format("wheel")))
            self.assertIn(hook.format("editable"), backend.__all__)


if __name__ == "__main__":
    unittest.main()
