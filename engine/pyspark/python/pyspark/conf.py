"""SparkConf: key-value settings of an application."""

__all__ = ["SparkConf"]

# What spark-submit would have set; filled before the program runs.
_defaults = {}


class SparkConf:
    """Settings as strings; `set` overrides what the command line gave."""

    def __init__(self, loadDefaults=True, _jvm=None, _jconf=None):
        self._conf = dict(_defaults) if loadDefaults else {}

    def set(self, key, value):
        self._conf[str(key)] = _text(value)
        return self

    def setIfMissing(self, key, value):
        if key not in self._conf:
            self.set(key, value)
        return self

    def setMaster(self, value):
        return self.set("spark.master", value)

    def setAppName(self, value):
        return self.set("spark.app.name", value)

    def setSparkHome(self, value):
        return self.set("spark.home", value)

    def setExecutorEnv(self, key=None, value=None, pairs=None):
        if (key is not None and pairs is not None) or (key is None and pairs is None):
            raise RuntimeError("Either pass one key-value pair or a list of pairs")
        for name, text in pairs if pairs is not None else [(key, value)]:
            self.set(f"spark.executorEnv.{name}", text)
        return self

    def setAll(self, pairs):
        for key, value in pairs:
            self.set(key, value)
        return self

    def get(self, key, defaultValue=None):
        return self._conf.get(key, defaultValue)

    def getAll(self):
        return list(self._conf.items())

    def contains(self, key):
        return key in self._conf

    def toDebugString(self):
        return "\n".join(f"{key}={value}" for key, value in sorted(self._conf.items()))

    def _copy(self):
        made = SparkConf(loadDefaults=False)
        made._conf.update(self._conf)
        return made


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
