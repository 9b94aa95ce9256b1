"""The files of docs/distributed, with stand-ins for what would call them."""

import importlib.util
import os
import pathlib
import subprocess

import pytest
import yaml

from tfgan_ref import cluster

FOLDER = pathlib.Path(__file__).parents[1] / "docs" / "distributed"


def stub(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH on which `python` shows its arguments and TF_CONFIG."""
    stub(tmp_path, "python", 'echo "python $*"; echo "$TF_CONFIG" > config')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check_recipe(said):
    (line,) = [x for x in said.splitlines() if x.startswith("python -m ")]
    module, *flags = line.split()[2:]
    assert importlib.util.find_spec(module)
    assert "--strategy=multi_worker" in flags
    assert {"--train_steps=100000", "--preempted_status=75"} <= {*flags}


def read(programs, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", (programs / "config").read_text())
    return cluster.read()


@pytest.mark.parametrize("index", [0, 1])
def test_pods_of_the_jobset_find_one_another(programs, monkeypatch, index):
    jobset = yaml.safe_load((FOLDER / "jobset.yaml").read_text())
    assert jobset["kind"] == "JobSet"
    assert jobset["apiVersion"].startswith("jobset.x-k8s.io/")
    name = jobset["metadata"]["name"]
    (job,) = jobset["spec"]["replicatedJobs"]
    spec = job["template"]["spec"]
    assert spec["completionMode"] == "Indexed"
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    monkeypatch.setenv("JOB_COMPLETION_INDEX", str(index))
    done = subprocess.run(
        [*container["command"], *container["args"]],
        capture_output=True,
        text=True,
        check=True,
    )
    check_recipe(done.stdout)
    found = read(programs, monkeypatch)
    assert found.own == ("worker", index)
    (port,) = container["ports"]
    # As JobSet names pods.
    assert [*found.addresses.values()] == [
        f"{name}-{job['name']}-0-{pod_index}.{name}:{port['containerPort']}"
        for pod_index in range(spec["completions"])
    ]
    assert spec["parallelism"] == spec["completions"]
    (mount,) = container["volumeMounts"]
    assert f"--workdir={mount['mountPath']}/" in done.stdout
    assert [volume["name"] for volume in pod["volumes"]] == [mount["name"]]


@pytest.mark.parametrize("status", [75, 1, 0])
def test_slurm_s_job_is_requeued_when_it_was_preempted(
    programs, monkeypatch, status
):
    stub(
        programs,
        "scontrol",
        'if [ "$1" = show ]; then echo a; echo b; else echo "$*" >> asked; fi',
    )
    stub(programs, "srun", f'SLURM_PROCID=1 "$@"; exit {status}')
    monkeypatch.setenv("SLURM_JOB_NODELIST", "some[1-2]")
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    done = subprocess.run(
        ["bash", FOLDER / "train.sbatch"], capture_output=True, text=True
    )
    check_recipe(done.stdout)
    found = read(programs, monkeypatch)
    assert found.own == ("worker", 1)
    assert [*found.addresses.values()] == ["a:2222", "b:2222"]
    assert done.returncode == status
    asked = programs / "asked"
    assert asked.exists() is (status == 75)
    if asked.exists():
        assert asked.read_text() == "requeue 17\n"
