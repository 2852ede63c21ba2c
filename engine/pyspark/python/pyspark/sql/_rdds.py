"""DataFrames as RDDs, and RDDs as the source of DataFrames."""
from kindling import lineage
from pyspark.sql._engine import ask


def rdd_of_frame(frame):
    """An RDD of Row over the frame's plan; shuffles before its last stage are run now, as Spark does."""
    from pyspark import RDD

    context = frame._session._sc
    answer = ask(frame._session, "planToRdd", plan=frame._plan)
    return RDD(lineage.dataframe(context, answer), context)


def rows_rdd(rdd):
    """What a plan says of the RDD its rows come from; the engine is told of the RDD."""
    node = rdd._jrdd
    lineage.declare(node)
    return {"rddId": node.id, "partitions": node.partitions}
