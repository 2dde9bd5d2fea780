"""Generates the stubs of Go, Java and TypeScript, and for each the service config by which its channels retry.

What a language is generated with stands in its own `buf.gen.yaml`; the versions in `tools/go/go.sum`, `pom.xml` and
`package-lock.json`. A language whose programs this machine lacks is left as it is, except in CI, where none may lack.
"""

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

TOOLS_ROOT = Path(__file__).resolve().parents[1]
BUF = TOOLS_ROOT / "node_modules/.bin/buf"
JAVA_PLUGINS = TOOLS_ROOT / "build/tools/java"
JAVA_PLUGIN_SUMS = TOOLS_ROOT / "clients/java/plugins.sha256"
# The agent is called by its hub alone, which has a failover of its own.
NOT_RETRIED = "landhub.signer."
# The numbers of landhub_client, which a test compares: six seconds of patience, and less while most calls fail.
# It repeats by its own code what a stopping hub did not take (CANCELLED) and what another process works on (ABORTED,
# with a delay); here the channel does it.
RETRY_POLICY = {
    "maxAttempts": 5,
    "initialBackoff": "0.2s",
    "maxBackoff": "3s",
    "backoffMultiplier": 2.5,
    "retryableStatusCodes": ["UNAVAILABLE", "ABORTED", "CANCELLED"],
}
RETRY_THROTTLING = {"maxTokens": 20, "tokenRatio": 0.5}
NOTE = "Code generated from proto/ by `make proto`. DO NOT EDIT."
ABOUT = "by which a channel repeats what may be repeated: a read, or a change with its request_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the clients.

    Attributes:
        name: "Go".
        home: The client's folder, with its buf.gen.yaml.
        generated: The folder below which everything is generated.
        programs: What must be on this machine to generate.
        config_file: Where below `generated` the service config goes.
        render_config: Writes a service config in this language.
    """

    name: str
    home: Path
    generated: Path
    programs: tuple[str, ...]
    config_file: str
    render_config: Callable[[dict[str, Any]], str]

    def missing(self) -> list[str]:
        """Return the programs that this machine lacks."""
        return [program for program in self.programs if shutil.which(program) is None]

    def generate(self, image: descriptor_pb2.FileDescriptorSet, out: Path) -> None:
        """Write stubs and service config of a stripped image below out.

        Raises:
            SystemExit: a plugin is not there, is not the pinned one, or refused; what it said has been printed.
        """
        if self.home == JAVA.home:
            _check_java_plugins()
        stripped = out / "stripped.binpb"
        stripped.write_bytes(image.SerializeToString(deterministic=True))
        template = TOOLS_ROOT / self.home / "buf.gen.yaml"
        command = [str(BUF), "generate", str(stripped), "--path=landhub", f"--template={template}", f"--output={out}"]
        if subprocess.run(command, cwd=TOOLS_ROOT, check=False).returncode:
            raise SystemExit(f"{self.name}: buf generate failed")
        stripped.unlink()
        config = out / self.generated / self.config_file
        config.write_text(self.render_config(service_config(image)), encoding="utf-8")


def service_config(image: descriptor_pb2.FileDescriptorSet) -> dict[str, Any]:
    """Return the gRPC service config of the hub's services, from the safety option of each method."""
    pool = descriptor_pool.DescriptorPool()
    for file in image.file:
        pool.Add(file)
    option = pool.FindExtensionByName("landhub.common.v1.method")
    known: Any = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet"))
    names = [
        {"service": f"{file.package}.{service.name}", "method": method.name}
        for file in known.FromString(image.SerializeToString()).file
        if not file.package.startswith(NOT_RETRIED)
        for service in file.service
        for method in service.method
        if method.options.Extensions[option].safety
    ]
    return {"methodConfig": [{"name": names, "retryPolicy": RETRY_POLICY}], "retryThrottling": RETRY_THROTTLING}


def _go_config(config: dict[str, Any]) -> str:
    return (
        f"// {NOTE}\n\n// Package landhub holds what all services of a hub have in common.\npackage landhub\n\n"
        f"// ServiceConfig is the gRPC service config {ABOUT}.\n"
        f"// Give it to grpc.WithDefaultServiceConfig.\nconst ServiceConfig = `{json.dumps(config, indent=2)}`\n"
    )


def _typescript_config(config: dict[str, Any]) -> str:
    return (
        f"// {NOTE}\n\n/**\n * The gRPC service config {ABOUT}.\n * Give it to a client as the channel option "
        f'"grpc.service_config".\n */\nexport const serviceConfig: string = JSON.stringify('
        f"{json.dumps(config, indent=2)});\n"
    )


def _java_config(config: dict[str, Any]) -> str:
    return (
        f"// {NOTE}\npackage io.landhub;\n\nimport java.util.List;\nimport java.util.Map;\n\n"
        f"/** The gRPC service config {ABOUT}. */\npublic final class ServiceConfig {{\n"
        f"    private static final Map<String, Object> CONFIG = {_java_value(config, 2)};\n\n"
        "    private ServiceConfig() {}\n\n    /** What ManagedChannelBuilder.defaultServiceConfig takes. */\n"
        "    public static Map<String, Object> asMap() {\n        return CONFIG;\n    }\n}\n"
    )


def _java_value(value: Any, depth: int) -> str:
    """The value as Java's gRPC wants it: every number a double."""
    pad = "\n" + "    " * depth
    if isinstance(value, dict):
        entries = [f"{json.dumps(key)}, {_java_value(inner, depth + 1)}" for key, inner in value.items()]
        return f"Map.of({pad}{f',{pad}'.join(entries)})"
    if isinstance(value, list):
        return f"List.of({pad}{f',{pad}'.join(_java_value(inner, depth + 1) for inner in value)})"
    return json.dumps(value) if isinstance(value, str) else repr(float(value))


def _check_java_plugins() -> None:
    """Hold the executables that Maven fetched to their sums: its release here has no lock."""
    lines = (line.split() for line in JAVA_PLUGIN_SUMS.read_text(encoding="utf-8").splitlines())
    sums = {name: digest for digest, name in lines}
    machine = f"linux-{platform.machine().replace('aarch64', 'aarch_64')}"
    for name in ("protoc", "protoc-gen-grpc-java"):
        path = JAVA_PLUGINS / name
        if not path.exists():
            raise SystemExit(f"{path} is missing: run `make proto`")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sums.get(f"{machine}/{name}"):
            raise SystemExit(f"{path} is not the {machine}/{name} that {JAVA_PLUGIN_SUMS} names")


GO = Language(
    name="Go",
    home=Path("clients/go"),
    generated=Path("clients/go/landhub"),
    programs=("go",),
    config_file="service_config.go",
    render_config=_go_config,
)
JAVA = Language(
    name="Java",
    home=Path("clients/java"),
    generated=Path("clients/java/src/generated/java"),
    programs=("java", "mvn"),
    config_file="io/landhub/ServiceConfig.java",
    render_config=_java_config,
)
TYPESCRIPT = Language(
    name="TypeScript",
    home=Path("clients/typescript"),
    generated=Path("clients/typescript/src/generated"),
    programs=("node",),
    config_file="landhub/service_config.ts",
    render_config=_typescript_config,
)
LANGUAGES = (GO, JAVA, TYPESCRIPT)
