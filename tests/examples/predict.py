"""predict.py LIBRARY MODEL OUTPUTS < ROWS: what `moe predict` says, from Python by ctypes; nothing else is needed."""
import csv
import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_size_t, c_void_p


class Moe:
    """A model file, opened by libmoe."""

    def __init__(self, library, path):
        self.lib = ctypes.CDLL(library)
        for name, result, arguments in [
            ("moe_error", c_char_p, []),
            ("moe_open", c_int, [c_char_p, POINTER(c_void_p)]),
            ("moe_free", None, [c_void_p]),
            ("moe_columns", c_size_t, [c_void_p]),
            ("moe_column_name", c_char_p, [c_void_p, c_size_t]),
            ("moe_column_value", c_double, [c_void_p, c_size_t, c_char_p]),
            ("moe_outputs", c_size_t, [c_void_p, c_char_p]),
            ("moe_output_name", c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
            ("moe_predict", c_int,
             [c_void_p, c_char_p, POINTER(c_double), POINTER(c_double), c_size_t, POINTER(c_double), c_size_t]),
        ]:
            function = getattr(self.lib, name)
            function.restype, function.argtypes = result, arguments
        self.model = c_void_p()
        self.check(self.lib.moe_open(path.encode(), byref(self.model)))
        self.columns = [self.lib.moe_column_name(self.model, i).decode() for i in range(self.lib.moe_columns(self.model))]

    def __del__(self):
        self.lib.moe_free(self.model)

    def check(self, status):
        if status != 0:
            raise ValueError(self.lib.moe_error().decode())

    def predict(self, rows, outputs):
        """rows: dicts of cells as text. Returns the outputs' names, and a list of numbers for each row."""
        width = self.lib.moe_outputs(self.model, outputs.encode())
        if width == 0:
            raise ValueError(self.lib.moe_error().decode())
        names = []
        for i in range(width):
            name = ctypes.create_string_buffer(1000)
            self.check(self.lib.moe_output_name(self.model, outputs.encode(), i, name, len(name)))
            names.append(name.value.decode())
        x = (c_double * (len(rows) * len(self.columns)))(*(
            self.lib.moe_column_value(self.model, i, row[name].encode())
            for row in rows for i, name in enumerate(self.columns)))
        out = (c_double * (len(rows) * width))()
        self.check(self.lib.moe_predict(self.model, outputs.encode(), x, None, len(rows), out, len(out)))
        return names, [out[n * width:(n + 1) * width] for n in range(len(rows))]


if __name__ == "__main__":
    library, path, outputs = sys.argv[1:]
    names, rows = Moe(library, path).predict(list(csv.DictReader(sys.stdin)), outputs)
    print(",".join(names))
    for row in rows:
        print(",".join(map(repr, row)))
