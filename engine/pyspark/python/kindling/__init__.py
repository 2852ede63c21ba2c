"""What stands between our pyspark package and the engine: the bridge, tasks, pickling by value."""
