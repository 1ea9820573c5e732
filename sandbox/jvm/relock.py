"""Writes the lock anew: `python -m sandbox.jvm.relock` resolves the roots below and hashes every file."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jgo.maven import Artifact, MavenContext, PythonResolver

from sandbox.jvm.lock import LOCK

# slf4j-simple writes the broker's log to stderr: no log4j configuration to keep.
KAFKA = ("org.apache.kafka:kafka_2.13:4.1.1", "org.slf4j:slf4j-simple:1.7.36")
REGISTRY = ("io.apicurio", "apicurio-registry-app", "3.3.3", "all", "tar.gz")


def _locked(artifact: Artifact) -> dict[str, str | int]:
    path = artifact.resolve()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    row = {
        "group": artifact.groupId,
        "artifact": artifact.artifactId,
        "version": artifact.version,
        "sha256": digest,
        "size": path.stat().st_size,
    }
    if artifact.classifier:
        row |= {"classifier": artifact.classifier}
    return row if artifact.packaging == "jar" else row | {"packaging": artifact.packaging}


def _resolved(context: MavenContext) -> Iterator[tuple[str, list[Artifact]]]:
    roots = [context.create_dependency(coordinate) for coordinate in KAFKA]
    inputs, transitive = context.resolver.resolve(roots)
    yield "kafka", [dependency.artifact for dependency in (*inputs, *transitive)]
    group, artifact, version, classifier, packaging = REGISTRY
    component = context.project(group, artifact).at_version(version)
    yield "registry", [component.artifact(classifier, packaging)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(resolver=PythonResolver(), repo_cache=Path(folder), timeout=60)
        lock = {name: [_locked(artifact) for artifact in artifacts] for name, artifacts in _resolved(context)}
    LOCK.write_text(json.dumps(lock, indent=1) + "\n")


if __name__ == "__main__":
    main()
