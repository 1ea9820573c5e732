"""The topics as an AsyncAPI 3.0 document, for other teams' tools."""

import json
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from schemas.catalogue import schema_text
from schemas.topic_table import TopicSpec
from schemas.topics import Topics

Node = dict[str, Any]

_AVRO = "application/vnd.apache.avro+json;version=1.9.0"
_HEADERS: Node = {
    "type": "object",
    "properties": {
        "tandem-event-id": {"type": "string", "description": "The same for a repetition of the same event."},
        "tandem-link-id": {"type": "string", "description": "The link this is about, where there is one."},
        "tandem-causation-id": {"type": "string", "description": "The event that caused this one."},
        "traceparent": {"type": "string", "description": "W3C trace context."},
        "tandem-hash": {"type": "string", "description": "Of the content: equal content, equal hash."},
    },
}


def document(topics: Topics) -> Node:
    """The whole document: a channel a topic, an operation for reading each public one."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tandem",
            "version": "1.0.0",
            "description": "What travels between Invoiced and the CRM. Values are Avro in Confluent's wire format, "
            "evolved FULL_TRANSITIVE; keys are raw UTF-8.",
        },
        "defaultContentType": "application/vnd.apache.avro",
        "channels": {each.name: _channel(topics, each) for each in topics},
        "operations": {f"read.{each.name}": _reading(each) for each in topics if each.public},
        "components": {"messageTraits": {"tandem": {"headers": _HEADERS}}},
    }


def _channel(topics: Topics, each: TopicSpec) -> Node:
    settings = each.config()
    kafka = {
        "topic": topics.name(each.name),
        "partitions": topics.partitions_of(each.name),
        "topicConfiguration": {
            "cleanup.policy": [settings["cleanup.policy"]],
            "retention.ms": int(settings["retention.ms"]),
            "delete.retention.ms": int(settings["delete.retention.ms"]),
            "max.message.bytes": int(settings["max.message.bytes"]),
        },
    }
    return {
        "address": topics.name(each.name),
        "description": f"{each.description} {'Public' if each.public else 'Internal'}; key: {each.key}.",
        "messages": {} if each.schema is None else {each.schema: _message(each.schema)},
        "bindings": {"kafka": kafka},
    }


def _message(schema: str) -> Node:
    return {
        "name": schema,
        "contentType": "application/vnd.apache.avro",
        "payload": {"schemaFormat": _AVRO, "schema": json.loads(schema_text(schema))},
        "bindings": {
            "kafka": {
                "key": {"type": "string"},
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
            }
        },
        "traits": [{"$ref": "#/components/messageTraits/tandem"}],
    }


def _reading(each: TopicSpec) -> Node:
    return {"action": "send", "channel": {"$ref": f"#/channels/{each.name}"}, "summary": each.description}


def to_yaml(node: Node) -> str:
    """The document as YAML, always in the same order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.width = 120
    yaml.allow_unicode = True
    text = StringIO()
    yaml.dump(node, text)
    return text.getvalue()
