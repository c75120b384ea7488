import importlib, pkgutil, myapp.plugins as pkg
def load():
    return {m.name: importlib.import_module(f"{pkg.__name__}.{m.name}") for m in pkgutil.iter_modules(pkg.__path__)}
