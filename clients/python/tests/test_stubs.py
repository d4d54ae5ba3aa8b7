"""The generated stubs are those of Protos."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
PROTOS = PACKAGE.parents[1] / "Protos"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    pytest.importorskip("grpc_tools")
    folder = tmp_path_factory.mktemp("stubs")
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I", PROTOS, f"--python_out={folder}",
         f"--pyi_out={folder}", f"--grpc_python_out={folder}", "penstock/v1/options.proto",
         "penstock/v1/market_data.proto"],
        check=True, timeout=60)
    return folder


@pytest.mark.parametrize("name", [
    "options_pb2.py", "options_pb2.pyi", "market_data_pb2.py", "market_data_pb2.pyi",
    "market_data_pb2_grpc.py",
])
def test_the_stubs_are_those_of_protos(name, fresh):
    path = Path("penstock") / "v1" / name
    assert (PACKAGE / path).read_text() == (fresh / path).read_text(), "run make stubs"
