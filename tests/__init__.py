"""Tests: unit, property, contract, flow, chaos, house."""
