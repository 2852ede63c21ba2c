"""Imports kindling, pyspark and py4j from sources held in memory; hides what belongs to the interpreter's host."""

import importlib.util
import sys

ROOT = "/spark/python/"

# Parts of the interpreter's JavaScript glue: no program has business with them.
HIDDEN = {"js", "pyodide", "pyodide_js", "_pyodide", "_pyodide_core"}

# Parts of PySpark that are not here; a name that PySpark does not have either is an ordinary import error.
ABSENT = {
    "pyspark." + name
    for name in (
        "ml mllib streaming pandas cloudpickle daemon worker shell resource testing install profiler logger pipelines "
        "instrumentation_utils java_gateway shuffle serializers"
    ).split()
} | {
    "pyspark.sql." + name
    for name in "streaming connect pandas avro protobuf datasource plot table_arg tvf variant_utils geo metrics".split()
}


class SourceFinder:
    """Finder and loader over a dict of path to source text."""

    def __init__(self, sources):
        self.sources = sources
        self.hidden = set()

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        base = name.replace(".", "/")
        for file, is_package in ((base + "/__init__.py", True), (base + ".py", False)):
            if file in self.sources:
                spec = importlib.util.spec_from_loader(name, self, origin=ROOT + file, is_package=is_package)
                spec.has_location = True
                if is_package:
                    spec.submodule_search_locations = [ROOT + base]
                return spec
        if name in ABSENT:
            from kindling.missing import missing

            raise missing(name)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        file = module.__spec__.origin
        exec(compile(self.sources[file[len(ROOT):]], file, "exec", dont_inherit=True), module.__dict__)

    def get_source(self, name):
        base = name.replace(".", "/")
        return self.sources.get(base + "/__init__.py") or self.sources.get(base + ".py")


finder = None


def install(sources):
    global finder
    finder = SourceFinder(sources)
    sys.meta_path.insert(0, finder)


def hide():
    """From now on the glue cannot be imported."""
    finder.hidden = HIDDEN
    for entry in sys.meta_path:
        # The glue's own importer holds the JavaScript objects that it lends as modules.
        getattr(entry, "jsproxies", {}).clear()
    for name in list(sys.modules):
        if name.partition(".")[0] in HIDDEN:
            del sys.modules[name]
    sys.meta_path[:] = [entry for entry in sys.meta_path if not type(entry).__module__.startswith("_pyodide")]
