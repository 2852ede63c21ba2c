"""Errors of the engine as PySpark programs catch them."""


class Py4JError(Exception):
    def __init__(self, args=None, cause=None):
        super().__init__(args)
        self.cause = cause

    def __str__(self):
        return str(self.args[0])


class Py4JNetworkError(Py4JError):
    pass


class JavaThrowable:
    """What `error.java_exception` answers in programs that look at it."""

    def __init__(self, class_name, message):
        self._class_name = class_name
        self._message = message

    def getMessage(self):
        return self._message

    def getCause(self):
        return None

    def getClass(self):
        return self

    def getName(self):
        return self._class_name

    def getSimpleName(self):
        return self._class_name.rpartition(".")[2]

    def toString(self):
        return f"{self._class_name}: {self._message}"

    __str__ = toString


class Py4JJavaError(Py4JError):
    """An exception of the engine; its text is as PySpark prints it."""

    def __init__(self, msg, java_exception):
        super().__init__(msg)
        self.errmsg = msg
        self.java_exception = java_exception
        self.exception_cmd = ""

    @classmethod
    def of(cls, method, java_class, message, bridge_error=None):
        made = cls(f"An error occurred while calling {method}.\n", JavaThrowable(java_class, message))
        made.bridge_error = bridge_error
        return made

    def __str__(self):
        return f"{self.errmsg}: {self.java_exception.toString()}\n"
