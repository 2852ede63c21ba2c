"""Asks the engine, for a session: its settings are in force before each call."""
from kindling import bridge, callsite


def call_site(method):
    """`show at file.py:5`: the line of the program that runs an action.

    Spark itself says `showString at NativeMethodAccessorImpl.java:0` here, the JVM's side of Py4J; the line teaches more.
    """
    site = callsite.first_spark_call()
    return "%s at %s:%d" % (method, site.file, site.linenum) if site else method


def without_data(plan):
    """The plan with the rows of local data left out: enough to check names and types, and small."""
    if plan.get("op") == "local":
        return {**plan, "slices": []}
    return {key: without_data(value) if isinstance(value, dict) and "op" in value else value for key, value in plan.items()}


def ask(session, name, **question):
    """One blocking call (DriverCalls of engine/pyspark/contract.ts) with the session's settings in force."""
    session._settings.put_in_force()
    return bridge.call(name, **question)
