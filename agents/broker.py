"""A real Apache Kafka node on this machine, for development, the demo and the tests: no container needed (design §3).

Maven brings the jars once into ``$XDG_CACHE_HOME/sla-monitor/kafka-<version>``; one KRaft node then starts in about four seconds.
``SLA_KAFKA_VERSION`` picks another version, ``SLA_KAFKA`` (a bootstrap address) another broker altogether. Needs Java 17 and Maven.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from agents.runtime.connection import admin_client
from agents.runtime.settings import RuntimeSettings
from monitor.errors import BrokerError

DEFAULT_VERSION: Final = "3.9.1"
CLUSTER_ID: Final = "4L6g3nShT-eMCtK--X86sw"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
MAVEN_SECONDS: Final = 600.0
JAVA_OPTIONS: Final = ("-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")

PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}/logs
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.segment.delete.delay.ms=1000
auto.create.topics.enable=false
"""


def kafka_version() -> str:
    """The version to run."""
    return os.environ.get("SLA_KAFKA_VERSION", DEFAULT_VERSION)


def cache_folder(version: str) -> Path:
    """Where the jars of a version live, outside the project."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "sla-monitor" / f"kafka-{version}"


def _program(name: str, install: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BrokerError(f"{name} is not installed: install it ({install}), or name a running broker in SLA_KAFKA")
    return found


def find_jars(version: str) -> Path:
    """The folder with all jars of a Kafka version, fetched by Maven the first time; raises BrokerError saying what to install."""
    folder = cache_folder(version)
    if (folder / "complete").exists():
        return folder
    maven = _program("mvn", "Debian: apt install maven")
    project = Path(__file__).resolve().parent.parent / "deploy" / "broker" / "pom.xml"
    if not project.exists():
        raise BrokerError(f"{project} is missing: the development broker needs the project's source folder; name a running broker in SLA_KAFKA")
    folder.mkdir(parents=True, exist_ok=True)
    command = [maven, "-q", "-B", "-f", str(project), "dependency:copy-dependencies", f"-Dkafka.version={version}", f"-DoutputDirectory={folder}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise BrokerError(f"Maven did not fetch Kafka {version} within {MAVEN_SECONDS:.0f} s: check the network") from error
    if done.returncode != 0:
        reason = next((line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line), "no reason given")
        raise BrokerError(f"Maven could not fetch Kafka {version}: {reason}")
    (folder / "complete").touch()
    return folder


def free_port() -> int:
    """A port on which nobody listens now, with the next thousandth one free too (the controller's)."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port + 1000 < 65_536 and not _listening(port + 1000):
            return port
    raise BrokerError("no free port was found")


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class LocalBroker:
    """One node; ``data`` keeps its logs, so that a broker started on it again has them."""

    def __init__(self, data: Path, port: int = 9092, version: str | None = None) -> None:
        self.data, self.port = data, port
        self.version = version or kafka_version()
        self.bootstrap = f"127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers; raises BrokerError with one clear sentence."""
        java = _program("java", "Debian: apt install openjdk-17-jre-headless")
        jars = find_jars(self.version)
        for port in (self.port, self.port + 1000):
            if _listening(port):
                raise BrokerError(f"port {port} is in use: stop what listens there, or choose another with --port")
        self.data.mkdir(parents=True, exist_ok=True)
        properties = self.data / "server.properties"
        properties.write_text(PROPERTIES.format(port=self.port, controller=self.port + 1000, data=self.data.resolve()))
        base = [java, *JAVA_OPTIONS, "-cp", f"{jars}/*"]
        if not (self.data / "logs").exists():
            self._format([*base, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)])
        with self.log.open("ab") as log:
            command = [*base, "kafka.Kafka", str(properties)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
        try:
            self._wait_until_it_answers()
        except BrokerError:
            self.kill()
            raise

    @property
    def log(self) -> Path:
        """What the node prints."""
        return self.data / "broker.log"

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The running node."""
        if self._process is None:
            raise BrokerError("the broker was not started")
        return self._process

    def _format(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)  # noqa: S603
        if done.returncode != 0:
            raise BrokerError(f"the broker's data folder {self.data} could not be prepared: {(done.stderr or done.stdout).strip()[-500:]}")

    def _wait_until_it_answers(self) -> None:
        settings = RuntimeSettings(bootstrap=self.bootstrap)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise BrokerError(f"the broker ended at once (exit {self.process.returncode}): see {self.log}")
            if _listening(self.port):
                try:
                    asyncio.run(_answers(settings))
                except BrokerError:
                    pass
                else:
                    return
            time.sleep(0.2)
        raise BrokerError(f"the broker did not answer within {START_SECONDS:.0f} s: see {self.log}")

    def stop(self) -> None:
        """End it in order; killed when it does not end in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def wait(self) -> int:
        """Wait for its end."""
        return self.process.wait()


async def _answers(settings: RuntimeSettings) -> None:
    async with admin_client(settings) as admin:
        await admin.list_topics()


def serve(port: int, data: Path, version: str | None = None) -> int:
    """Run a broker until SIGINT or SIGTERM; returns its exit code. Raises BrokerError when it cannot start."""
    broker = LocalBroker(data, port, version)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: broker.stop())
    broker.start()
    print(f"Kafka {broker.version} answers at {broker.bootstrap}; data in {data}; stop it with Ctrl-C", flush=True)
    code = broker.wait()
    return 0 if code in (0, 130, 143) else code


def main(arguments: list[str]) -> int:
    """``python -m agents.broker [--port N] [--data FOLDER]``."""
    import argparse

    parser = argparse.ArgumentParser(prog="agents.broker", description="Run one Apache Kafka node for development.")
    parser.add_argument("--port", type=int, default=9092)
    parser.add_argument("--data", type=Path, default=Path(".work") / "broker")
    chosen = parser.parse_args(arguments)
    try:
        return serve(chosen.port, chosen.data)
    except BrokerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
