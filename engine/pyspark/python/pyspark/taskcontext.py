"""What a task can ask about itself."""

__all__ = ["TaskContext"]


class TaskContext:
    """`TaskContext.get()` in a task; None on the driver."""

    _taskContext = None

    def __new__(cls):
        if cls._taskContext is None:
            cls._taskContext = object.__new__(cls)
        return cls._taskContext

    @classmethod
    def get(cls):
        return cls._taskContext

    def stageId(self):
        return self._stageId

    def partitionId(self):
        return self._partitionId

    def attemptNumber(self):
        """0 for the first attempt of this partition."""
        return self._attemptNumber

    def taskAttemptId(self):
        """The task id: unique within the application."""
        return self._taskAttemptId

    def getLocalProperty(self, key):
        return self._localProperties.get(key)

    def cpus(self):
        return int(self._localProperties.get("spark.task.cpus", "1"))

    def resources(self):
        return {}

    @classmethod
    def _begin(cls, task, properties):
        made = cls._taskContext = object.__new__(cls)
        made._stageId = task["stageId"]
        made._partitionId = task["partition"]
        made._attemptNumber = task["attempt"]
        made._taskAttemptId = task["taskId"]
        made._localProperties = properties
        made._written = 0
        return made

    @classmethod
    def _end(cls):
        cls._taskContext = None
