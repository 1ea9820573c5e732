"""A worker process: its configuration from the settings, the domain bound to it, its health beside it."""

import socket

from confluent_kafka import KafkaException

from ops.channel import change_topics, plain_bootstrap, reaching_registry, registry_of, topics_of
from ops.errors import Unreached
from ops.flows import flows_of
from ops.health import Vitals, health_thread
from ops.read_back import Source, Wanted, keep_reading_back
from ops.settings import Settings
from schemas.codec import Codec
from schemas.flow_file import flows_hash
from streams.cluster import WrongTopicsError
from streams.config import WorkerConfig
from streams.domain.config import Config
from streams.tenant import envelopes, hooks
from streams.worker import Probe, run_worker


def worker_config(settings: Settings) -> WorkerConfig:
    """What the host is told."""
    return WorkerConfig(
        bootstrap=plain_bootstrap(settings),
        state_dir=settings.state_dir,
        worker_id=settings.worker_id or socket.gethostname(),
        sources=dict.fromkeys(change_topics(settings), settings.tenant),
        tenants={settings.tenant: settings.tenant_partition},
        prefix=settings.topic_prefix,
        backups=(topics_of(settings).name("links"),),
        session_timeout_s=settings.kafka.session_timeout_s,
        log_level="DEBUG" if settings.log.level == "debug" else "WARNING",
    )


def domain_config(settings: Settings) -> Config:
    """What the domain is told."""
    flows = flows_of(settings)
    return Config(
        tenant=settings.tenant,
        flows=flows,
        installation=settings.installation_id,
        version=flows_hash(flows),
        gate=settings.gate,
        # Edits of both sides within one poll interval cannot be told apart by time.
        breaker_ms=round(settings.breaker.window_s * 1_000),
        change_share=settings.breaker.change_share,
        change_links=settings.breaker.change_links,
        delete_share=settings.breaker.delete_share,
        delete_links=settings.breaker.delete_links,
        tie_ms=max(2_000, round(settings.poll_interval_s * 1_000)),
    )


def work(settings: Settings) -> int:
    """Runs the worker until it is told to end; gives its exit code."""
    config = domain_config(settings)  # a wrong flow file ends it before anything is reached for
    topics, registry = topics_of(settings), registry_of(settings)
    codec = Codec(registry, topics)
    with reaching_registry(settings):
        codec.open()
    probe = Probe()
    vitals = Vitals(live=probe.live, ready=lambda: None if probe.ready() else "no partition is recovered yet")
    try:
        with health_thread(vitals, settings.health.host, settings.health.port):
            wanted, host = Wanted(), worker_config(settings)
            source = Source(
                bootstrap=host.bootstrap,
                tenant=settings.tenant,
                home=settings.tenant_partition,
                topics=topics,
                changes=tuple(change_topics(settings)),
                codec=codec,
                registry=registry,
                envelopes=envelopes(codec),
            )
            domain = hooks(config, codec, topics, registry, settings.tenant_partition, wanted.say)
            tasks = (lambda: keep_reading_back(wanted, source),)
            return run_worker(host, domain, source.envelopes, probe, tasks)
    except WrongTopicsError as error:
        where = settings.kafka.bootstrap
        raise Unreached("no_topic", str(error), where=where, cure="run `tandem topics apply`") from error
    except KafkaException as error:
        raise Unreached(
            "kafka", str(error), where=settings.kafka.bootstrap, cure="see that Kafka runs"
        ) from error
