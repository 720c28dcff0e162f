def _missing(cell):
    return cell is None or str(cell).strip(" \t") in MISSING


def _decimal(cell):
    """What is written as a decimal: "1_000" is no number here."""
    if isinstance(cell, str) and "_" in cell:
        raise ValueError
    return float(cell)


def _number(cell, name):
    try:
        value = np.nan if _missing(cell) else _decimal(cell)
    except (TypeError, ValueError):
        raise ValueError("column %r: %r is no number" % (name, cell)) from None
    return np.nan if value in MISSING_NUMBERS else value


def _numbers(columns, name):
    cells = np.asarray(_column(columns, name))
    if cells.dtype.kind in "fiub":
        values = cells.astype(np.float64)
        for missing in MISSING_NUMBERS:
            values[values == missing] = np.nan
        return values
    return np.array([_number(cell, name) for cell in cells.tolist()], dtype=np.float64)


def _decimal_or_nan(cell):
    try:
        return _decimal(cell)
    except (TypeError, ValueError):
        return np.nan


class _Levels(dict):
    """From a cell to its level's place: 0 for one that is not known, -1 for a missing one without a level."""

    def __init__(self, comparison, levels, missing, blanks, others):
        super().__init__()
        text = str if blanks else lambda cell: str(cell).strip(" \t")
        self.key = {"text": text, "number": _decimal, "boolean": lambda cell: text(cell).lower()}[comparison]
        self.places = {self.key(level): place for place, level in enumerate(levels) if level != "(missing)"}
        self.places.update(others)
        self.missing = missing

    def __missing__(self, cell):
        try:
            place = self.places.get(cell)  # a number may be a level whose text is another
            if place is None and cell is not None:
                place = self.places.get(self.key(str(cell)))
        except ValueError:  # no number
            place = None
        if place is None:
            missing = _missing(cell) or str(cell) == "(missing)"
            missing = missing or (LEVELS_BY_VALUE and _decimal_or_nan(cell) in MISSING_NUMBERS)
            place = self.missing if missing else 0
        if not _missing(cell):  # no NaN is found again
            self[cell] = place
        return place


def _column(columns, name):
    try:
        return columns[name]
    except (KeyError, ValueError, IndexError):
        raise KeyError("there is no column %r" % (name,)) from None


def _inputs(columns, rows):
    """The model's inputs, and which rows lack one that there is no rule for."""
    parts = []
    unknown = np.zeros(rows, dtype=bool)
    for column in INPUTS:
        if "levels" in column:
            levels = _Levels(column["comparison"], column["levels"], column["missing"], column["blanks"], column["others"])
            cells = np.asarray(_column(columns, column["name"]), dtype=object).tolist()
            places = np.array([levels[cell] for cell in cells], dtype=np.int64)
            parts.append(places.reshape(-1, 1) == np.arange(1, len(column["levels"])))
            unknown |= places < 0
            continue
        values = _numbers(columns, column["name"])
        absent = np.isnan(values)
        values = np.where(absent, column["fill"], values)
        parts.append(values.reshape(-1, 1))
        unknown |= np.isnan(values)
        if column["indicator"]:
            parts.append(absent.reshape(-1, 1))
    return np.hstack(parts).astype(np.float64) if parts else np.empty((rows, 0)), unknown


def _rows(columns):
    """How many there are, by a column that the model reads, or any where it reads none."""
    for name in [column["name"] for column in INPUTS] + [OFFSET, EXPOSURE, TRIALS]:
        if name is not None:
            return len(_column(columns, name))
    return max((len(columns[name]) for name in columns), default=0)


def predict(columns):
    """A dict of arrays by name, all of one length (or a data frame) -> a dict of arrays: what OUTPUTS names."""
    rows = _rows(columns)
    x, unknown = _inputs(columns, rows)
    offset = np.zeros(rows)
    if OFFSET is not None:
        offset = offset + _numbers(columns, OFFSET)
    trials = np.zeros(rows) if TRIALS is None else _numbers(columns, TRIALS)
    result = {name: np.empty(rows) for name in OUTPUTS}
    with np.errstate(all="ignore"):
        if EXPOSURE is not None:
            offset = offset + np.log(_numbers(columns, EXPOSURE))
        for first in range(0, rows, BLOCK):
            block = slice(first, first + BLOCK)
            for name, values in zip(OUTPUTS, _compute(x[block], offset[block, None], trials[block, None])):
                result[name][block] = values
    unknown |= ~np.isfinite(offset) | np.isnan(trials)
    for values in result.values():
        values[unknown] = np.nan
    if LABELS:
        p = np.column_stack([result["p_" + label] for label in LABELS])
        label = np.array(LABELS, dtype=object)[p.argmax(axis=1)]
        label[np.isnan(p).any(axis=1)] = None
        result = {"label": label, **result}
    return result
