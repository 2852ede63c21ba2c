"""What real PySpark has and this package has not: named, at the line that uses it."""
from kindling.missing import missing


def refuse(name):
    """Raises the NotImplementedError that names a missing thing of PySpark."""
    raise missing(name)


def refuser(name):
    """A stand-in that can be imported and refuses when called."""
    def stand_in(*args, **kwargs):
        raise missing(name)

    stand_in.__name__ = stand_in.__qualname__ = name.rsplit(".", 1)[-1]
    stand_in.__doc__ = "Raises NotImplementedError."
    return stand_in


def _refusing_property(name):
    def get(self):
        # A plain NotImplementedError: an AttributeError would send Python on to __getattr__.
        raise NotImplementedError(str(missing(name)))

    return property(get)


def refuse_members(cls, prefix, methods="", properties=""):
    """Gives a class methods and properties that refuse; names are separated by blanks."""
    for name in methods.split():
        setattr(cls, name, refuser(prefix + "." + name))
    for name in properties.split():
        setattr(cls, name, _refusing_property(prefix + "." + name))
