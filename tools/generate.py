"""Generates all code and the contract images from proto/ (`make proto`), or proves them current (--check).

The validation rules go into the two `rpc/contract.binpb` alone. What users import has none of them: two copies of
validate.proto in one process collide, and our users may have theirs.
"""

import argparse
import filecmp
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory
from grpc_tools import protoc

from tools.languages import LANGUAGES, Language

PYTHON_PACKAGE = Path("clients/python/src/landhub")
CONTRACT_IMAGE = Path("hub/rpc/contract.binpb")
CONTRACT_IMAGES = (CONTRACT_IMAGE, Path("signer_agent/rpc/contract.binpb"))  # hub and agent share no files
RULES_PACKAGE = "buf.validate."
RULES_FILE = "buf/validate/validate.proto"
PACKAGE_DOCSTRING = '"""Generated from proto/ by `make proto`: {name}."""\n'


def compile_protos(root: Path) -> descriptor_pb2.FileDescriptorSet:
    """Compile every file under root/proto, with comments and everything they import.

    Raises:
        SystemExit: protoc refused; it has printed why.
    """
    files = sorted(str(path.relative_to(root / "proto")) for path in (root / "proto").rglob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "image.binpb"
        _run_protoc(
            f"--proto_path={root / 'proto'}",
            f"--proto_path={root / 'third_party'}",
            f"--proto_path={resources.files('grpc_tools') / '_proto'}",
            f"--descriptor_set_out={image}",
            "--include_imports",
            "--include_source_info",
            *files,
        )
        return descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())


def strip_rules(image: descriptor_pb2.FileDescriptorSet) -> descriptor_pb2.FileDescriptorSet:
    """Return the image without buf.validate options, their import and their file; all other options stay."""
    pool = descriptor_pool.DescriptorPool()
    for file in image.file:
        pool.Add(file)
    # Parsed by the image's own descriptors, the options are known extensions and can be told apart by name.
    set_class = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet"))
    known = set_class.FromString(image.SerializeToString(deterministic=True))
    _clear_rules(known)
    stripped = descriptor_pb2.FileDescriptorSet.FromString(known.SerializeToString(deterministic=True))
    for file in list(stripped.file):
        if file.name == RULES_FILE:
            stripped.file.remove(file)
        elif RULES_FILE in file.dependency:
            _drop_dependency(file, list(file.dependency).index(RULES_FILE))
    return stripped


def generate(root: Path, out: Path, languages: Sequence[Language] = ()) -> None:
    """Write Python, the contract images and the named other languages of root's protos below out, an empty folder."""
    _check_vendored(root / "third_party")
    image = compile_protos(root)
    stripped = strip_rules(image)
    target = out / PYTHON_PACKAGE
    target.mkdir(parents=True)
    _generate_python(stripped, target.parent)
    for language in languages:
        language.generate(stripped, out)
    (target / "py.typed").touch()
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        name = ".".join(folder.relative_to(target.parent).parts)
        (folder / "__init__.py").write_text(PACKAGE_DOCSTRING.format(name=name), encoding="utf-8")
    for file in image.file:
        file.ClearField("source_code_info")
    for place in CONTRACT_IMAGES:
        contract = out / place
        contract.parent.mkdir(parents=True)
        contract.write_bytes(image.SerializeToString(deterministic=True))


def stale_files(root: Path, fresh: Path, languages: Sequence[Language] = ()) -> list[str]:
    """Return the names below root of generated files that are missing, superfluous or different from fresh's."""
    folders = (PYTHON_PACKAGE, *(language.generated for language in languages))
    names = {str(place) for place in CONTRACT_IMAGES} | _names(fresh, folders) | _names(root, folders)
    return sorted(name for name in names if not _same(root / name, fresh / name))


def bring_up_to_date(root: Path, fresh: Path, languages: Sequence[Language] = ()) -> None:
    """Copy what changed and delete what is no longer generated, so that running programs lose nothing they use."""
    for name in stale_files(root, fresh, languages):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if (fresh / name).exists():
            shutil.copyfile(fresh / name, root / name)
        else:
            (root / name).unlink()


def _generate_python(image: descriptor_pb2.FileDescriptorSet, source_root: Path) -> None:
    ours = [file for file in image.file if file.package.startswith("landhub.")]
    plugins = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / "stripped.binpb"
        stripped.write_bytes(image.SerializeToString(deterministic=True))
        _run_protoc(
            f"--descriptor_set_in={stripped}",
            f"--plugin=protoc-gen-mypy={plugins / 'protoc-gen-mypy'}",
            f"--python_out={source_root}",
            f"--mypy_out=quiet:{source_root}",
            *(file.name for file in ours),
        )
        _run_protoc(
            f"--descriptor_set_in={stripped}",
            f"--plugin=protoc-gen-mypy_grpc={plugins / 'protoc-gen-mypy_grpc'}",
            f"--grpc_python_out={source_root}",
            f"--mypy_grpc_out=quiet:{source_root}",
            *(file.name for file in ours if file.service),
        )


def _run_protoc(*arguments: str) -> None:
    status = protoc.main(["protoc", *arguments])
    if status:
        raise SystemExit(status)


def _clear_rules(node: message.Message) -> None:
    for field, value in node.ListFields():
        if field.is_extension and field.full_name.startswith(RULES_PACKAGE):
            node.ClearExtension(field)  # type: ignore[arg-type]  # the stub knows only generated extensions
        elif field.message_type is not None:
            for child in value if field.is_repeated else [value]:
                _clear_rules(child)
            if field.name == "options" and not value.ListFields():
                node.ClearField("options")


def _drop_dependency(file: descriptor_pb2.FileDescriptorProto, dropped: int) -> None:
    del file.dependency[dropped]
    for indices in (file.public_dependency, file.weak_dependency):
        kept = [index - (index > dropped) for index in indices if index != dropped]
        del indices[:]
        indices.extend(kept)


def _check_vendored(folder: Path) -> None:
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise SystemExit(
                f"{folder / name} is not the file that was vendored: restore it, or see ADR 0003 to renew it."
            )


def _names(root: Path, folders: Sequence[Path]) -> set[str]:
    paths = (path for folder in folders for path in (root / folder).rglob("*"))
    return {str(path.relative_to(root)) for path in paths if path.is_file() and "__pycache__" not in path.parts}


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _languages_here() -> list[Language]:
    """The languages this machine can generate; those it can't are named, and in CI refused."""
    here = [language for language in LANGUAGES if not language.missing()]
    for language in LANGUAGES:
        if language not in here:
            print(f"{language.name} is left as it is: this machine has no {' and no '.join(language.missing())}.")
    if len(here) < len(LANGUAGES) and os.environ.get("CI") == "true":
        raise SystemExit("With CI=true every language is generated.")
    return here


def main() -> int:
    """Generate in place, or with --check only compare; 1 if something committed is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, compare with what is committed")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the working tree (default: here)")
    arguments = parser.parse_args()
    root: Path = arguments.root.resolve()
    languages = _languages_here()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(root, fresh, languages)
        if not arguments.check:
            bring_up_to_date(root, fresh, languages)
            return 0
        stale = stale_files(root, fresh, languages)
    for name in stale:
        print(f"{name} is not what proto/ generates: run `make proto` and commit the result.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
