"""What a layer leaves out must not be missed by the functions that run on it."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import botocore
import pytest
from botocore.regions import EndpointResolver

from infra.built_layers import Runs, deployed_on, stale_layers
from kassa.platform.built_for import check_layers
from tests.support.template import ROOT, resources, template

MODELS = Path(botocore.__file__).parent / "data"


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The recipe, set to build for this machine."""
    monkeypatch.setenv("LAYER_PLATFORM", "native")
    return load_recipe()


def load_recipe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_layer", ROOT / "layers/build_layer.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pruned(recipe: ModuleType, tmp_path: Path) -> Path:
    """botocore's models as the layer holds them."""
    for name in ("sqs", "ec2"):
        shutil.copytree(MODELS / name, tmp_path / name)
    shutil.copy(MODELS / "endpoints.json", tmp_path)
    shutil.copy(MODELS / "partitions.json", tmp_path)
    recipe.prune_services(tmp_path)
    return tmp_path


def test_only_models_of_services_that_we_call_are_shipped(pruned: Path) -> None:
    names = {path.name for path in pruned.iterdir()}

    assert names == {"sqs", "endpoints.json", "partitions.json"}


def test_every_service_that_our_code_calls_is_shipped(recipe: ModuleType) -> None:
    sources = [*(ROOT / "layers/common").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    called = {
        service
        for source in sources
        for service in re.findall(r"""aws\.client\(["'](\w+)["']\)""", source.read_text())
    }

    assert {"dynamodb", "s3", "sqs"} <= called <= recipe.SERVICES


def test_pruned_endpoints_lead_to_the_same_places(recipe: ModuleType, pruned: Path) -> None:
    whole = EndpointResolver(json.loads((MODELS / "endpoints.json").read_text()))
    ours = EndpointResolver(json.loads((pruned / "endpoints.json").read_text()))

    assert ours.get_available_partitions() == whole.get_available_partitions()
    for partition in whole.get_available_partitions():
        for service in recipe.SERVICES:
            regions = whole.get_available_endpoints(service, partition, True)
            assert ours.get_available_endpoints(service, partition, True) == regions
            for region in regions:
                found = ours.construct_endpoint(service, region, partition)
                assert found == whole.construct_endpoint(service, region, partition)


def test_bytecode_is_valid_whatever_date_a_zip_gives_its_source(
    recipe: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "module.py").write_text("ANSWER = 1\n")
    recipe.compile_bytecode(tmp_path)
    (tmp_path / "module.py").write_text("ANSWER = 2  # only unchecked bytecode overlooks this\n")

    code = "import module; print(module.ANSWER, module.__cached__ is not None)"
    completed = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert completed.stdout == "1 True\n"


def test_a_missing_interpreter_is_reported_and_does_not_stop_the_build(
    recipe: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(recipe, "PYTHON", "3.99")
    recipe.compile_bytecode(tmp_path)

    assert "WARNING: no Python 3.99 here" in capsys.readouterr().out


def test_wheels_are_chosen_for_the_runtime_not_for_the_builder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LAYER_PLATFORM", raising=False)
    recipe = load_recipe()
    monkeypatch.setattr(recipe, "PYTHON", "3.13")
    monkeypatch.setattr(recipe, "MACHINE", "aarch64")

    uv, pip = recipe.uv_command("uv"), recipe.pip_command()
    assert uv[-4:] == ["--python-version", "3.13", "--python-platform", "aarch64-manylinux_2_28"]
    assert "--platform=manylinux_2_28_aarch64" in pip
    assert "--platform=manylinux2014_aarch64" in pip
    assert "--platform=manylinux_2_29_aarch64" not in pip


def test_our_layer_holds_our_package_without_leftovers(recipe: ModuleType, tmp_path: Path) -> None:
    recipe.copy_packages(ROOT / "layers/common", tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["kassa"]
    assert not list(tmp_path.rglob("__pycache__"))


def test_what_stripe_needs_at_run_time_is_shipped_and_its_type_hints_are_not() -> None:
    code = (
        "import sys, stripe; services = stripe.StripeClient('sk_test_1').v1;"
        "services.charges, services.refunds, services.payment_intents, services.disputes;"
        "services.balance_transactions, services.payouts;"
        "print(sum(name.startswith('stripe.params') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_layers_are_built_for_what_the_template_says_and_nothing_else_says_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LAYER_PLATFORM", raising=False)
    recipe, runs = load_recipe(), deployed_on()

    assert f"python{recipe.PYTHON} {recipe.MACHINE}" == runs.stamp
    assert not {"Runtime", "Architecture"} & set(template()["Parameters"])
    assert not any("Runtime" in one for one in resources("Serverless::Function").values())
    changed = (ROOT / "template.yaml").read_text().replace("[x86_64]", "[arm64]")
    assert recipe.deployed_on(changed)[1] == "aarch64"


def test_a_template_that_says_none_is_not_guessed_at(recipe: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no Runtime"):
        recipe.deployed_on("Globals:\n")


def test_a_layer_says_what_it_was_built_for(recipe: ModuleType, tmp_path: Path) -> None:
    recipe.build(ROOT / "layers/common", tmp_path)
    stamps = tmp_path / "python/built_for"

    assert [one.name for one in stamps.iterdir()] == ["common"]
    check_layers(str(stamps))


@pytest.mark.parametrize("built_for", ["python3.9 x86_64", "python3.13 sparc", ""])
def test_a_function_does_not_start_on_layers_of_another_runtime(
    tmp_path: Path, built_for: str
) -> None:
    shutil.copytree(ROOT / "layers/common/kassa", tmp_path / "kassa")
    (tmp_path / "built_for").mkdir()
    (tmp_path / "built_for/dependencies").write_text(built_for)

    started = subprocess.run(
        [sys.executable, "-S", "-c", "import kassa.platform.lean.telemetry"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert started.returncode
    assert f"the layer dependencies was built for {built_for} and runs on" in started.stderr
    assert "sam build && sam deploy" in started.stderr


def test_a_build_for_another_runtime_is_found_before_it_is_deployed(tmp_path: Path) -> None:
    for layer, target in (("common", "python3.13 x86_64"), ("documents", "python3.12 x86_64")):
        stamps = tmp_path / f"{layer.capitalize()}Layer/python/built_for"
        stamps.mkdir(parents=True)
        (stamps / layer).write_text(f"{target}\n")

    stale = stale_layers(tmp_path, Runs("python3.13", "x86_64"))
    assert stale == {"documents": "python3.12 x86_64"}


def test_our_own_layer_says_which_code_it_is(recipe: ModuleType, tmp_path: Path) -> None:
    folder, target = tmp_path / "layers" / "common", tmp_path / "built"
    (folder / "kassa").mkdir(parents=True)
    (folder / "kassa" / "__init__.py").write_text("")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    recipe.build(folder, target)
    first = (target / "python" / "kassa" / "code_version.txt").read_text().strip()
    recipe.build(folder, target)
    again = (target / "python" / "kassa" / "code_version.txt").read_text().strip()
    (folder / "kassa" / "__init__.py").write_text("CHANGED = True\n")

    assert re.fullmatch(r"1\.2\.3\+[0-9a-f]{12}", first)
    assert first == again != recipe.code_version(folder)


def test_sources_outside_a_project_are_unreleased(recipe: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "alone" / "common"
    folder.mkdir(parents=True)

    assert recipe.code_version(folder).startswith("unreleased+")


def test_the_stamp_stands_where_our_code_looks_for_it() -> None:
    from kassa.platform.messaging import failures

    assert failures.STAMP == ROOT / "layers" / "common" / "kassa" / "code_version.txt"
