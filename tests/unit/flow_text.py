"""The smallest flow file that is right, for tests to change."""

EMPTY = """name: tiny
version: 1
invoiced: {entity: customer}
crm: {entity: customer}
barrier: {invoiced: [customer], crm: [customer]}
properties: [{name: name, invoiced: name, crm: Name}]
rules: []
policy: {delete: ignore}
"""
