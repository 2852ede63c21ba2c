"""Reading and writing files: `spark.read` and `df.write`."""
from kindling.paths import absolute
from pyspark.errors import PySparkTypeError
from pyspark.errors.exceptions.captured import AnalysisException, IllegalArgumentException
from pyspark.sql._engine import ask, call_site
from pyspark.sql._refuse import refuse, refuse_members
from pyspark.sql._wire import schema_from_wire, schema_to_wire
from pyspark.sql.conf import to_text
from pyspark.sql.types import DataType, StructType

__all__ = ["DataFrameReader", "DataFrameWriter"]

_FORMATS = ("csv", "text", "json")
_KNOWN = ("parquet", "orc", "jdbc", "avro", "xml", "delta", "binaryFile", "libsvm", "image", "noop", "console")
_MODES = {"append": "append", "overwrite": "overwrite", "ignore": "ignore", "error": "error", "errorifexists": "error", "default": "error"}


def _checked_format(name, doing):
    if name.lower() in _FORMATS:
        return name.lower()
    if name in _KNOWN:
        refuse("the format %s of pyspark.sql.%s" % (name, doing))
    raise AnalysisException(
        "[DATA_SOURCE_NOT_FOUND] Failed to find the data source: %s. Make sure the provider name is correct and the package is "
        "properly registered and compatible with your Spark version. SQLSTATE: 42K02" % name,
        "org.apache.spark.SparkClassNotFoundException")


class _Options:
    def _set_options(self, options):
        for key, value in options.items():
            if value is not None:
                self.option(key, value)
        return self

    def option(self, key, value):
        """One option; None changes nothing."""
        text = to_text(value)
        if text is not None:
            self._options[key] = text
        return self

    def options(self, **options):
        """Several options."""
        return self._set_options(options)


class DataFrameReader(_Options):
    """`spark.read`: format, options and schema, then load (or csv, json, text)."""

    def __init__(self, spark):
        self._spark = spark
        self._format = None
        self._schema = None
        self._options = {}

    def format(self, source):
        """`csv`, `json` or `text`."""
        self._format = source
        return self

    def schema(self, schema):
        """The schema of the rows, as a StructType or as DDL text; nothing is then inferred."""
        if isinstance(schema, str):
            schema = DataType.fromDDL(schema)
        if not isinstance(schema, StructType):
            raise PySparkTypeError(errorClass="NOT_STR_OR_STRUCT", messageParameters={
                "arg_name": "schema", "arg_type": type(schema).__name__})
        self._schema = schema
        return self

    def load(self, path=None, format=None, schema=None, **options):
        """The DataFrame of a file, a folder or a list of them."""
        if format is not None:
            self.format(format)
        if schema is not None:
            self.schema(schema)
        self.options(**options)
        return self._loaded(path, "load")

    def _loaded(self, path, method):
        from pyspark.sql.dataframe import DataFrame

        source = self._format or self._spark.conf.get("spark.sql.sources.default", "parquet")
        source = _checked_format(source, "DataFrameReader")
        if path is None:
            path = self._options.get("path")
        paths = [absolute(one) for one in ([path] if isinstance(path, str) else path or [])]
        options = {key: value for key, value in self._options.items() if key != "path"}
        question = {"format": source, "paths": paths, "options": options}
        schema = self._schema
        if schema is None:
            answer = ask(self._spark, "readSchema", callSite=call_site(method), **question)
            schema = schema_from_wire(answer["schema"])
        # Columns read from files may be null whatever was asked for (Spark's own rule).
        schema = _nullable(schema)
        return DataFrame(self._spark, {"op": "read", "schema": schema_to_wire(schema), **question})

    def csv(self, path, schema=None, sep=None, encoding=None, quote=None, escape=None, comment=None, header=None,
            inferSchema=None, ignoreLeadingWhiteSpace=None, ignoreTrailingWhiteSpace=None, nullValue=None, nanValue=None,
            positiveInf=None, negativeInf=None, dateFormat=None, timestampFormat=None, maxColumns=None,
            maxCharsPerColumn=None, maxMalformedLogPerPartition=None, mode=None, columnNameOfCorruptRecord=None,
            multiLine=None, charToEscapeQuoteEscaping=None, samplingRatio=None, enforceSchema=None, emptyValue=None,
            locale=None, lineSep=None, pathGlobFilter=None, recursiveFileLookup=None, modifiedBefore=None,
            modifiedAfter=None, unescapedQuoteHandling=None):
        """Comma-separated values; `header`, `inferSchema`, `sep` and the rest as Spark names them."""
        given = {key: value for key, value in locals().items() if key not in ("self", "path", "schema")}
        return self._read_as("csv", path, schema, given)

    def json(self, path, schema=None, primitivesAsString=None, prefersDecimal=None, allowComments=None,
             allowUnquotedFieldNames=None, allowSingleQuotes=None, allowNumericLeadingZero=None,
             allowBackslashEscapingAnyCharacter=None, mode=None, columnNameOfCorruptRecord=None, dateFormat=None,
             timestampFormat=None, multiLine=None, allowUnquotedControlChars=None, lineSep=None, samplingRatio=None,
             dropFieldIfAllNull=None, encoding=None, locale=None, pathGlobFilter=None, recursiveFileLookup=None,
             modifiedBefore=None, modifiedAfter=None, allowNonNumericNumbers=None, useUnsafeRow=None):
        """One JSON object a line."""
        given = {key: value for key, value in locals().items() if key not in ("self", "path", "schema")}
        if not isinstance(path, (str, list)):
            refuse("pyspark.sql.DataFrameReader.json of an RDD")
        return self._read_as("json", path, schema, given)

    def text(self, paths, wholetext=False, lineSep=None, pathGlobFilter=None, recursiveFileLookup=None,
             modifiedBefore=None, modifiedAfter=None):
        """One row a line, in a column `value`."""
        given = {key: value for key, value in locals().items() if key not in ("self", "paths")}
        given["wholetext"] = wholetext or None
        return self._read_as("text", paths, None, given)

    def _read_as(self, source, path, schema, options):
        if schema is not None:
            self.schema(schema)
        self._set_options(options)
        self._format = source
        return self._loaded(path, source)

    def table(self, tableName):
        """See SparkSession.table."""
        return self._spark.table(tableName)


def _nullable(schema):
    from pyspark.sql.types import StructField

    return StructType([StructField(f.name, f.dataType, True, f.metadata) for f in schema])


class DataFrameWriter(_Options):
    """`df.write`: format, mode and options, then save (or csv, json, text)."""

    def __init__(self, df):
        self._df = df
        self._spark = df.sparkSession
        self._format = None
        self._mode = "error"
        self._options = {}

    def format(self, source):
        """`csv`, `json` or `text`."""
        self._format = source
        return self

    def mode(self, saveMode):
        """When there is something already: append, overwrite, ignore, or error (errorifexists)."""
        if saveMode:
            if saveMode.lower() not in _MODES:
                raise IllegalArgumentException(
                    "[INVALID_SAVE_MODE] The specified save mode \"%s\" is invalid. Valid save modes include \"append\", \"overwrite\", "
                    "\"ignore\", \"error\", \"errorifexists\", and \"default\". SQLSTATE: 42000" % saveMode)
            self._mode = _MODES[saveMode.lower()]
        return self

    def save(self, path=None, format=None, mode=None, partitionBy=None, **options):
        """Writes a folder with one file a partition."""
        self.mode(mode)
        if partitionBy is not None:
            refuse("pyspark.sql.DataFrameWriter.partitionBy")
        if format is not None:
            self.format(format)
        self.options(**options)
        return self._saved(path, "save")

    def _saved(self, path, method):
        source = self._format or self._spark.conf.get("spark.sql.sources.default", "parquet")
        source = _checked_format(source, "DataFrameWriter")
        path = path if path is not None else self._options.get("path")
        if path is None:
            raise IllegalArgumentException("Expected exactly one path to be specified, but got: ")
        options = {key: value for key, value in self._options.items() if key != "path"}
        ask(self._spark, "writePlan", plan=self._df._plan, format=source, path=absolute(path), mode=self._mode, options=options,
            callSite=call_site(method))

    def csv(self, path, mode=None, compression=None, sep=None, quote=None, escape=None, header=None, nullValue=None,
            escapeQuotes=None, quoteAll=None, dateFormat=None, timestampFormat=None, ignoreLeadingWhiteSpace=None,
            ignoreTrailingWhiteSpace=None, charToEscapeQuoteEscaping=None, encoding=None, emptyValue=None, lineSep=None):
        """Comma-separated values."""
        given = {key: value for key, value in locals().items() if key not in ("self", "path", "mode")}
        return self._write_as("csv", path, mode, given)

    def json(self, path, mode=None, compression=None, dateFormat=None, timestampFormat=None, lineSep=None, encoding=None,
             ignoreNullFields=None):
        """One JSON object a line."""
        given = {key: value for key, value in locals().items() if key not in ("self", "path", "mode")}
        return self._write_as("json", path, mode, given)

    def text(self, path, compression=None, lineSep=None):
        """The only column, a text, one row a line."""
        return self._write_as("text", path, None, {"compression": compression, "lineSep": lineSep})

    def _write_as(self, source, path, mode, options):
        self.mode(mode)
        self._set_options(options)
        self._format = source
        return self._saved(path, source)


refuse_members(DataFrameReader, "pyspark.sql.DataFrameReader", "parquet orc jdbc xml excel")
refuse_members(DataFrameWriter, "pyspark.sql.DataFrameWriter", "parquet orc jdbc xml partitionBy bucketBy sortBy clusterBy saveAsTable insertInto")
