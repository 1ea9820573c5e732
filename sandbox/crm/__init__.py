"""The reference CRM: a REST API as `schemas/crm/openapi.yaml` describes it, with a memory."""

from .app import create_app

__all__ = ["create_app"]
