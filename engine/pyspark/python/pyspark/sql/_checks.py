"""Values of Spark SQL's settings that Spark refuses, in its words."""
import re

from pyspark.errors.exceptions.captured import IllegalArgumentException

_KINDS = {
    "boolean": """spark.sql.adaptive.enabled spark.sql.adaptive.coalescePartitions.enabled spark.sql.ansi.enabled
        spark.sql.adaptive.coalescePartitions.parallelismFirst spark.sql.adaptive.skewJoin.enabled spark.sql.caseSensitive
        spark.sql.crossJoin.enabled spark.sql.join.preferSortMergeJoin spark.sql.analyzer.failAmbiguousSelfJoin""",
    "int": """spark.sql.shuffle.partitions spark.sql.limit.initialNumPartitions spark.sql.limit.scaleUpFactor
        spark.sql.leafNodeDefaultParallelism spark.sql.files.minPartitionNum
        spark.sql.adaptive.coalescePartitions.minPartitionNum spark.sql.adaptive.coalescePartitions.initialPartitionNum""",
    "bytes in BYTE": """spark.sql.autoBroadcastJoinThreshold spark.sql.files.maxPartitionBytes
        spark.sql.files.openCostInBytes spark.sql.adaptive.advisoryPartitionSizeInBytes
        spark.sql.adaptive.coalescePartitions.minPartitionSize""",
    "time in SECONDS": "spark.sql.broadcastTimeout",
}
_KIND_OF = {key: kind for kind, keys in _KINDS.items() for key in keys.split()}
_FORMS = {
    "boolean": r"(?i)true|false",
    "int": r"[+-]?\d+",
    "bytes in BYTE": r"(?i)-?\d+([kmgtp]?b?)",
    "time in SECONDS": r"(?i)-?\d+(us|ms|s|m|min|h|d)?",
}
# Whole numbers that must be above 0, each with the sentence Spark has for it.
_POSITIVE = {
    "spark.sql.shuffle.partitions": "The value of spark.sql.shuffle.partitions must be positive",
    "spark.sql.limit.initialNumPartitions": "value should be positive",
    "spark.sql.leafNodeDefaultParallelism": "The value of spark.sql.leafNodeDefaultParallelism must be positive.",
}


def check(key, value):
    """IllegalArgumentException for a value that Spark refuses; others pass, of keys it does not know too."""
    kind = _KIND_OF.get(key)
    if kind is None:
        return
    if not re.fullmatch(_FORMS[kind], value.strip()):
        _refuse(key, value, "TYPE_MISMATCH", "It should be a/an '%s' value." % kind)
    if key in _POSITIVE and int(value) <= 0:
        _refuse(key, value, "REQUIREMENT", _POSITIVE[key])


def check_all(settings):
    """`check` for each pair."""
    for key, value in settings:
        check(key, value)


def _refuse(key, value, condition, why):
    raise IllegalArgumentException(
        "[INVALID_CONF_VALUE.%s] The value '%s' in the config \"%s\" is invalid. %s SQLSTATE: 22022" % (condition, value, key, why),
        "org.apache.spark.SparkIllegalArgumentException")
