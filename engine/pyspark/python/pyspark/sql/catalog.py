"""`spark.catalog`: temporary views and cached tables. There are no other tables."""
from collections import namedtuple

from pyspark.sql._refuse import refuse_members

__all__ = ["Catalog", "Table", "Database", "Column"]

Table = namedtuple("Table", "name catalog namespace description tableType isTemporary")
Table.database = property(lambda self: self.namespace[0] if self.namespace and len(self.namespace) == 1 else None)
Database = namedtuple("Database", "name catalog description locationUri")
Column = namedtuple("Column", "name description dataType nullable isPartition isBucket isCluster")


class Catalog:
    """Made by SparkSession.catalog."""

    def __init__(self, session):
        self._session = session

    def currentCatalog(self):
        return "spark_catalog"

    def currentDatabase(self):
        return "default"

    def listTables(self, dbName=None, pattern=None):
        """The temporary views of the session."""
        return [self._table(name) for name, _ in sorted(self._session._views.values(), key=lambda pair: pair[0])]

    def getTable(self, tableName):
        """One view; AnalysisException when there is none."""
        self._session.table(tableName)
        return self._table(self._session._find_view(tableName)[0])

    def _table(self, name):
        return Table(name=name, catalog=None, namespace=[], description=None, tableType="TEMPORARY", isTemporary=True)

    def listColumns(self, tableName, dbName=None):
        """The columns of a view."""
        return [Column(f.name, None, f.dataType.simpleString(), f.nullable, False, False, False)
                for f in self._session.table(tableName).schema]

    def tableExists(self, tableName, dbName=None):
        """Whether there is such a view."""
        return self._session._find_view(tableName) is not None

    def dropTempView(self, viewName):
        """Removes a view; whether there was one."""
        return self._session._views.pop(viewName.lower(), None) is not None

    def dropGlobalTempView(self, viewName):
        """Removes a global view; whether there was one."""
        return self._session._global_views.pop(viewName.lower(), None) is not None

    def _frame(self, tableName):
        self._session.table(tableName)
        return self._session._find_view(tableName)[1]

    def isCached(self, tableName):
        """Whether the view is kept in memory."""
        return self._frame(tableName).is_cached

    def cacheTable(self, tableName, storageLevel=None):
        """Keeps the view's rows once they were computed."""
        self._frame(tableName).persist(storageLevel)

    def uncacheTable(self, tableName):
        """The view's rows are kept no longer."""
        self._frame(tableName).unpersist()

    def clearCache(self):
        """Nothing is kept any longer, in any session."""
        for frame in list(self._session._cached):
            frame.unpersist()


refuse_members(Catalog, "pyspark.sql.Catalog", """listCatalogs setCurrentCatalog setCurrentDatabase listDatabases getDatabase
    databaseExists listFunctions functionExists getFunction createTable createExternalTable refreshTable refreshByPath
    recoverPartitions registerFunction""")
