"""Kafka's own jars, fetched once from Maven Central."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache"
SLF4J = "1.7.36"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tests</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies>{dependencies}</dependencies>
</project>
"""
# Kafka 3 brings a logger of its own, which would stay silent for want of a configuration.
DEPENDENCY = """
    <dependency>
      <groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>
      <exclusions>
        <exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId></exclusion>
      </exclusions>
    </dependency>"""


def missing_tools() -> list[str]:
    """What has to be installed before a broker can be run from its jars."""
    return [tool for tool in ("java", "mvn") if shutil.which(tool) is None]


def library(version: str) -> Path:
    """The folder with the jars of this version, fetched where it isn't there yet."""
    folder = CACHE / f"kafka-{version}" / "lib"
    if not folder.is_dir():
        _fetch(version, folder)
    return folder


def pom(version: str) -> str:
    """What Maven is asked for: the broker, its tools, something that prints its log."""
    wanted = (
        ("org.apache.kafka", "kafka_2.13", version),
        ("org.apache.kafka", "kafka-tools", version),
        ("org.slf4j", "slf4j-simple", SLF4J),
    )
    return POM.format(dependencies="".join(DEPENDENCY.format(*each) for each in wanted))


def _fetch(version: str, folder: Path) -> None:
    """Two sessions may fetch at once: each fills a folder of its own, the first to finish names it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        work = Path(name)
        (work / "pom.xml").write_text(pom(version))
        _maven(work)
        try:
            os.rename(work / "lib", folder)
        except OSError:
            if not folder.is_dir():
                raise


def _maven(work: Path) -> None:
    """Copy everything the pom names, with what that needs."""
    command = ["mvn", "-B", "-q", "-f", str(work / "pom.xml"), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={work / 'lib'}"], capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch the broker: {done.stdout[-2000:]}{done.stderr[-2000:]}")
