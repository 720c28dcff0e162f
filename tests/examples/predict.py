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
            ("moe_column_levels", c_size_t, [c_void_p, c_size_t]),
            ("moe_label", c_char_p, [c_void_p, c_size_t]),
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

    def value(self, row, i):
        """The cell of column i as a number."""
        name = self.columns[i]
        if name not in row:
            raise ValueError("there is no column %r" % name)
        value = self.lib.moe_column_value(self.model, i, row[name].encode())
        if value == -1 and self.lib.moe_column_levels(self.model, i) > 0:
            raise ValueError("%s: the level %r was not there in training" % (name, row[name]))  # or 0, the reference
        return value

    def predict(self, rows, outputs):
        """rows: dicts of cells as text. Returns the outputs' names, and a list for each row: numbers, and the label's text."""
        width = self.lib.moe_outputs(self.model, outputs.encode())
        if width == 0:
            raise ValueError(self.lib.moe_error().decode())
        names = []
        for i in range(width):
            name = ctypes.create_string_buffer(1000)
            self.check(self.lib.moe_output_name(self.model, outputs.encode(), i, name, len(name)))
            names.append(name.value.decode())
        x = (c_double * (len(rows) * len(self.columns)))(*(
            self.value(row, i) for row in rows for i in range(len(self.columns))))
        out = (c_double * (len(rows) * width))()
        self.check(self.lib.moe_predict(self.model, outputs.encode(), x, None, len(rows), out, len(out)))
        texts = [self.lib.moe_label(self.model, int(value)).decode() if names[i % width] == "label" else value
                 for i, value in enumerate(out)]
        return names, [texts[n * width:(n + 1) * width] for n in range(len(rows))]


if __name__ == "__main__":
    library, path, outputs = sys.argv[1:]
    names, rows = Moe(library, path).predict(list(csv.DictReader(sys.stdin)), outputs)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(names)
    table.writerows(rows)
