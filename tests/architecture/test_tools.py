"""The tools that generate code and release the contract do what the architecture rests on."""

import importlib
import json
import pkgutil
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

import landhub
from landhub_client import contract
from tests.architecture.sample_tree import plant_tree
from tools import languages
from tools.generate import (
    CONTRACT_IMAGE,
    RULES_FILE,
    bring_up_to_date,
    compile_protos,
    generate,
    main,
    stale_files,
    strip_rules,
)
from tools.languages import LANGUAGES, Language, service_config
from tools.release_image import changelog_mark, with_entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    plant_tree(root)
    sums = (ROOT / "third_party/SHA256SUMS").read_text(encoding="utf-8").splitlines()
    (root / "third_party/SHA256SUMS").write_text(
        next(s for s in sums if s.endswith("validate.proto")), encoding="utf-8"
    )
    return root


def test_the_python_code_brings_no_second_validate_proto() -> None:
    for module in pkgutil.walk_packages(landhub.__path__, "landhub."):
        importlib.import_module(module.name)
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindFileByName(RULES_FILE)


def test_the_hubs_image_has_the_validation_rules() -> None:
    image = descriptor_pb2.FileDescriptorSet.FromString((ROOT / CONTRACT_IMAGE).read_bytes())
    assert RULES_FILE in {file.name for file in image.file}
    assert b"landhub.common.v1" in image.SerializeToString()


def test_stripping_removes_only_the_validation_rules() -> None:
    full = compile_protos(ROOT)
    stripped = strip_rules(full)
    assert {file.name for file in full.file} - {file.name for file in stripped.file} == {RULES_FILE}
    assert all(RULES_FILE not in file.dependency for file in stripped.file)
    # Of a field's options, 1159 is buf.validate's and 50801 ours.
    options = [f.options.SerializeToString() for file in stripped.file for m in file.message_type for f in m.field]
    assert not any(b"\xba\x48" in option for option in options)
    assert any(b"\x8a\xe7\x18" in option for option in options)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_other_languages_bring_no_validation_rules(language: Language) -> None:
    files = [path for path in (ROOT / language.generated).rglob("*") if path.is_file()]
    assert any(b"GetLandPlot" in path.read_bytes() for path in files)
    assert not [path for path in files if b"buf/validate" in path.read_bytes() or b"buf.validate" in path.read_bytes()]


def test_every_language_repeats_what_the_python_client_repeats() -> None:
    ours = service_config(strip_rules(compile_protos(ROOT)))
    pythons = json.loads(contract.service_config(contract.read_methods()))
    for config in (ours, pythons):
        config["methodConfig"][0]["name"].sort(key=lambda name: (name["service"], name["method"]))
    # What its own code repeats above the channel.
    pythons["methodConfig"][0]["retryPolicy"]["retryableStatusCodes"] += ["ABORTED", "CANCELLED"]
    assert ours == pythons


def test_a_language_without_its_programs_is_refused_in_ci(monkeypatch: pytest.MonkeyPatch, tree: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("sys.argv", ["generate.py", "--check", "--root", str(tree)])
    with pytest.raises(SystemExit, match="every language is generated"):
        main()


def test_a_language_without_its_programs_is_named_and_left_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tree: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("sys.argv", ["generate.py", "--root", str(tree)])
    assert main() == 0
    assert "Java is left as it is: this machine has no java and no mvn." in capsys.readouterr().out
    assert not (tree / "clients/java").exists()


def test_what_generates_java_is_refused_if_it_is_not_what_was_pinned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tree: Path
) -> None:
    monkeypatch.setattr(languages, "JAVA_PLUGINS", tmp_path)
    with pytest.raises(SystemExit, match="is missing: run `make proto`"):
        generate(tree, tmp_path / "one", [languages.JAVA])
    (tmp_path / "protoc").write_bytes(b"another")
    with pytest.raises(SystemExit, match=r"is not the linux-\w+/protoc that"):
        generate(tree, tmp_path / "two", [languages.JAVA])


def test_generating_twice_gives_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    generate(tree, tmp_path / "one")
    bring_up_to_date(tree, tmp_path / "one")
    generate(tree, tmp_path / "two")
    assert stale_files(tree, tmp_path / "two") == []


def test_generated_code_that_was_edited_or_left_over_is_named(tree: Path, tmp_path: Path) -> None:
    generate(tree, tmp_path / "one")
    bring_up_to_date(tree, tmp_path / "one")
    package = tree / "clients/python/src/landhub/plots/v1"
    (package / "errors_pb2.py").write_text("", encoding="utf-8")
    (package / "gone_pb2.py").write_text("", encoding="utf-8")
    named = stale_files(tree, tmp_path / "one")
    assert [Path(name).name for name in named] == ["errors_pb2.py", "gone_pb2.py"]


def test_a_changed_vendored_file_is_refused(tree: Path, tmp_path: Path) -> None:
    with (tree / "third_party/buf/validate/validate.proto").open("a", encoding="utf-8") as file:
        file.write("// changed\n")
    with pytest.raises(SystemExit, match=r"validate\.proto is not the file that was vendored"):
        generate(tree, tmp_path / "one")


def test_a_release_names_its_image_once_in_the_newest_section() -> None:
    before = "# Changelog\n\n## Unreleased\n\n- Other.\n\n## 0.1.0\n\n- First (contract image `000000000000`).\n"
    once = with_entry(before, f"- New ({changelog_mark(b'1')}).")
    twice = with_entry(once, f"- New ({changelog_mark(b'2')}).")
    assert changelog_mark(b"1") not in twice
    assert twice == (
        f"# Changelog\n\n## Unreleased\n\n- New ({changelog_mark(b'2')}).\n- Other.\n\n"
        "## 0.1.0\n\n- First (contract image `000000000000`).\n"
    )


def test_a_changelog_without_a_section_is_refused() -> None:
    with pytest.raises(ValueError, match="heading"):
        with_entry("# Changelog\n", "- New.")
