"""The files that deploy the app: valid by their schemas, and true to the program."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OLDEST_KUBERNETES = "1.30"  # the first that has a sleep before a container's end
PORT = Settings().port
ROUTES = {"/healthz", "/readyz"}


def documents(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text("utf-8")) if one]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    (content,) = documents(DEPLOY / "compose.yaml")
    return content


@pytest.fixture(scope="module")
def manifests() -> dict[str, dict[str, Any]]:
    """The manifests by their kind."""
    return {one["kind"]: one for path in MANIFESTS for one in documents(path)}


def check_compose(path: Path) -> "subprocess.CompletedProcess[str]":
    """Hold a file against the Compose specification's schema, which the checker brings along."""
    pytest.importorskip("check_jsonschema")
    command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


def check_manifest(content: dict[str, Any], version: str | None = None) -> None:
    """Hold a manifest against the schemas of a version of Kubernetes; the checker has them all."""
    validator = pytest.importorskip("kubernetes_validate")
    validator.validate(content, version or validator.latest_version(), strict=True)


def containers(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = manifest["spec"]["template"]["spec"]["containers"]
    return found


def test_the_compose_file_is_valid() -> None:
    done = check_compose(DEPLOY / "compose.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_compose_file_with_a_slip_is_not(tmp_path: Path, compose: dict[str, Any]) -> None:
    slip = {**compose, "services": {"app": {"image": "a", "port": ["7860:7860"]}}}
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(slip), encoding="utf-8")
    done = check_compose(tmp_path / "compose.yaml")
    assert done.returncode == 1
    assert "$.services.app" in done.stdout
    assert "'port'" in done.stdout


@pytest.mark.parametrize("version", [None, OLDEST_KUBERNETES], ids=["latest", "oldest"])
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_manifests_are_valid(path: Path, version: str | None) -> None:
    for content in documents(path):
        check_manifest(content, version)


def test_a_manifest_with_a_slip_is_not(manifests: dict[str, dict[str, Any]]) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    service = manifests["Service"]
    with pytest.raises(validator.ValidationError, match="Additional properties"):
        check_manifest({**service, "spec": {**service["spec"], "prots": []}})


def test_there_is_all_that_replicas_need(manifests: dict[str, dict[str, Any]]) -> None:
    assert set(manifests) == {
        "Deployment",
        "Service",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "Job",
    }


def test_what_selects_pods_selects_the_server(manifests: dict[str, dict[str, Any]]) -> None:
    deployment = manifests["Deployment"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert manifests["Service"]["spec"]["selector"] == labels
    assert manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert manifests["Job"]["spec"]["template"]["metadata"]["labels"] != labels


def test_the_autoscaler_begins_with_the_replicas(manifests: dict[str, dict[str, Any]]) -> None:
    scaler = manifests["HorizontalPodAutoscaler"]["spec"]
    deployment = manifests["Deployment"]
    assert scaler["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert scaler["minReplicas"] == deployment["spec"]["replicas"]
    assert "cpu" in containers(deployment)[0]["resources"]["requests"]  # what 60 % is of


def test_probes_and_ports_are_the_servers(manifests: dict[str, dict[str, Any]]) -> None:
    (server,) = containers(manifests["Deployment"])
    assert server["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert server["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert server["ports"] == [{"name": "http", "containerPort": PORT}]
    assert manifests["Service"]["spec"]["ports"][0]["targetPort"] == "http"
    source = (ROOT / "qa" / "web" / "api.py").read_text("utf-8")
    assert all(f'"{route}"' in source for route in ROUTES)


def test_every_setting_is_one_of_the_programs(
    compose: dict[str, Any], manifests: dict[str, dict[str, Any]]
) -> None:
    named = {
        name for service in ("app", "index") for name in compose["services"][service]["environment"]
    }
    for kind in ("Deployment", "Job"):
        named |= {
            one["name"] for container in containers(manifests[kind]) for one in container["env"]
        }
    named |= set(re.findall(r"\bHOSPITALQA_[A-Z_]+", (DEPLOY / "Dockerfile").read_text("utf-8")))
    known = {f"HOSPITALQA_{one.name.upper()}" for one in fields(Settings)}
    assert {name for name in named if name.startswith("HOSPITALQA_")} <= known


def test_the_address_of_the_store_is_a_secret(manifests: dict[str, dict[str, Any]]) -> None:
    for kind in ("Deployment", "Job"):
        (container,) = containers(manifests[kind])
        (store,) = [one for one in container["env"] if one["name"] == "HOSPITALQA_STORE"]
        assert store["valueFrom"]["secretKeyRef"] == {"name": "hospital-qa-store", "key": "url"}


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_containers_may_do_little(kind: str, manifests: dict[str, dict[str, Any]]) -> None:
    pod = manifests[kind]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = containers(manifests[kind])
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["volumes"]}


def test_the_job_has_a_worker_for_each_shard(manifests: dict[str, dict[str, Any]]) -> None:
    job = manifests["Job"]["spec"]
    assert (job["completionMode"], job["completions"]) == ("Indexed", job["parallelism"])
    (command,) = containers(manifests["Job"])[0]["args"]
    shards = [
        re.search(r"--shard (\d+/\d+) ", _expanded(command, number))
        for number in range(job["completions"])
    ]
    assert [found and found[1] for found in shards] == [
        f"{number}/{job['completions']}" for number in range(1, job["completions"] + 1)
    ]


def _expanded(command: str, number: int) -> str:
    """Return what a shell would run as the worker of this number."""
    echo = ["sh", "-c", command.replace("exec ", "echo ", 1)]
    environment = {"JOB_COMPLETION_INDEX": str(number)}
    return subprocess.run(echo, env=environment, capture_output=True, text=True, check=True).stdout


def test_images_have_versions(
    compose: dict[str, Any], manifests: dict[str, dict[str, Any]]
) -> None:
    images = [service["image"] for service in compose["services"].values()]
    images += [
        one["image"] for kind in ("Deployment", "Job") for one in containers(manifests[kind])
    ]
    for image in images:
        name, _, tag = image.rpartition(":")
        assert name, image
        assert tag not in {"latest", ""}, image


def test_only_the_app_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["app"]
    assert services["app"]["ports"][0].endswith(f":{PORT}")


def test_the_replicas_wait_for_milvus(compose: dict[str, Any]) -> None:
    app = compose["services"]["app"]
    assert app["environment"]["HOSPITALQA_STORE"] == "milvus+http://milvus:19530/hospitals"
    assert app["depends_on"] == {"milvus": {"condition": "service_healthy"}}
    assert compose["services"]["milvus"]["depends_on"].keys() == {"etcd", "minio"}
    assert app["deploy"]["replicas"] == "${REPLICAS:-3}"


def test_volumes_are_declared(compose: dict[str, Any]) -> None:
    mounted = [mount for one in compose["services"].values() for mount in one.get("volumes", ())]
    named = {mount.partition(":")[0] for mount in mounted if re.match(r"[a-z]", mount)}
    assert named == compose["volumes"].keys()


def test_the_image_is_built_from_what_is_there(compose: dict[str, Any]) -> None:
    build = compose["services"]["app"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    dockerfile = (ROOT / build["dockerfile"]).read_text("utf-8")
    copied = [
        source
        for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
        for source in line.split()
    ]
    assert all((ROOT / source).exists() for source in copied)
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in kept if line.startswith("!")} == set(copied)


def test_the_image_runs_as_nobody_in_particular() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^FROM (\S+)$", dockerfile, re.MULTILINE) == ["python:3.11-slim"]
    assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE) == ["10001:10001"]
    assert f"127.0.0.1:{PORT}/healthz" in dockerfile
    assert re.search(rf"^EXPOSE {PORT}$", dockerfile, re.MULTILINE)
