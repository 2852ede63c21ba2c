"""User-defined functions are missing here: the names can be imported and refuse when used."""
from pyspark.sql._refuse import refuser

UserDefinedFunction = refuser("pyspark.sql.udf.UserDefinedFunction")
UDFRegistration = refuser("pyspark.sql.udf.UDFRegistration")
