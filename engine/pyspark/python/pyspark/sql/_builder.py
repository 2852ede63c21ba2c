"""`SparkSession.builder`."""
import datetime
import sys

from pyspark.sql._checks import check_all
from pyspark.sql._refuse import refuse
from pyspark.sql.conf import is_modifiable, is_static, to_text


def warn(text):
    """A WARN line as Spark's log writes it on stderr."""
    print("%s WARN SparkSession: %s" % (datetime.datetime.now().strftime("%y/%m/%d %H:%M:%S"), text), file=sys.stderr)


def apply_modifiable(settings, options):
    """Options for a session that exists already (§1.12): all but static ones become its settings; WARN when some can do nothing."""
    known = settings.all()
    news = {key: value for key, value in options.items() if known.get(key) != value}
    other = {key: value for key, value in news.items() if not is_static(key)}
    check_all(other.items())
    settings.changed.update(other)
    if len(other) < len(news) or not all(map(is_modifiable, other)):
        warn("Using an existing Spark session; only runtime SQL configurations will take effect.")


class Builder:
    """Collects options; getOrCreate gives the session."""

    def __init__(self):
        self._options = {}

    def config(self, key=None, value=None, conf=None, *, map=None):
        """One option, those of a SparkConf, or those of a dict."""
        if conf is not None:
            self._options.update(conf.getAll())
        elif map is not None:
            self._options.update((name, to_text(one)) for name, one in map.items())
        else:
            self._options[key] = to_text(value)
        return self

    def master(self, master):
        """The cluster: `spark://host:port`, `local[*]`."""
        return self.config("spark.master", master)

    def appName(self, name):
        """The application's name."""
        return self.config("spark.app.name", name)

    def remote(self, url):
        """Spark Connect; missing here."""
        refuse("pyspark.sql.SparkSession.builder.remote")

    def enableHiveSupport(self):
        """There is no Hive here: warns and goes on with the catalog in memory."""
        warn("Hive support is not available; tables live in memory.")
        return self

    def getOrCreate(self):
        """The session of this program if there is one, with these options applied; else a new one."""
        from pyspark import SparkConf, SparkContext
        from pyspark.sql.session import SparkSession

        session = SparkSession._instantiatedSession
        if session is not None and session._alive():
            apply_modifiable(session._settings, self._options)
            return session
        conf = SparkConf()
        for key, value in self._options.items():
            conf.set(key, value)
        return SparkSession(SparkContext.getOrCreate(conf), options=self._options)

    def create(self):
        """A new session; PySpark has it for Spark Connect only."""
        from pyspark.errors import PySparkRuntimeError

        raise PySparkRuntimeError(errorClass="ONLY_SUPPORTED_WITH_SPARK_CONNECT", messageParameters={
            "feature": "SparkSession.builder.create"})
