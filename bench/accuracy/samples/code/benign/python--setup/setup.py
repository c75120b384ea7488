from setuptools import setup, Extension
import os
setup(name="fastmath", version="1.0", ext_modules=[Extension("fastmath._core", ["src/core.c"], extra_compile_args=os.environ.get("CFLAGS", "-O2").split())])
