"""Tells how the real Jupyter starts kernels, and where it looks for them: JSON comes in, JSON goes out."""
import json
import os
import sys

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner


def started(case: dict) -> dict:
    """Says with which words, and with which of its own variables, a kernel is started."""
    spec = KernelSpec(argv=case["argv"], env=case.get("env", {}), resource_dir=case["dir"])
    manager = KernelManager(connection_file=case["file"])
    manager._kernel_spec = spec
    provisioner = LocalProvisioner(kernel_id="x", kernel_spec=spec, parent=manager)
    return {
        "words": [os.path.expanduser(word) for word in manager.format_kernel_cmd()],
        "env": provisioner._KernelProvisionerBase__apply_env_substitutions(dict(os.environ)),
    }


print(json.dumps({
    "dirs": KernelSpecManager().kernel_dirs,
    "specs": KernelSpecManager().find_kernel_specs(),
    "started": [started(case) for case in json.load(sys.stdin)],
}))
