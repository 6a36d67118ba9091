"""Policies: strict YAML in, frozen compiled promises out."""

from monitor.policy.findings import Finding, PolicyErrors
from monitor.policy.json_schema import policy_schema, policy_schema_text
from monitor.policy.load import check_policy, load_policy

__all__ = ["Finding", "PolicyErrors", "check_policy", "load_policy", "policy_schema", "policy_schema_text"]
