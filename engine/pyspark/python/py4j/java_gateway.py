"""Names that programs import beside the errors."""

from py4j.protocol import JavaThrowable as JavaObject  # noqa: F401
from kindling.missing import guard_module

__getattr__ = guard_module("py4j.java_gateway", "JavaGateway GatewayParameters java_import launch_gateway is_instance_of JavaClass")
