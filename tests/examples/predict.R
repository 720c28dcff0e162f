# Rscript predict.R MODEL OUTPUTS < ROWS: what `moe predict` says, from R. Beside it stands moe_r.so, made of moe_r.c.
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
dyn.load(file.path(dirname(here), "moe_r.so"))

moe_open <- function(path) .Call("moe_r_open", path)

# rows: a data frame. Returns a data frame of what `moe predict --output` calls `outputs`.
moe_predict <- function(model, rows, outputs = "") {
  columns <- .Call("moe_r_columns", model)
  value <- function(i) {
    cells <- rows[[columns[i]]]
    if (is.null(cells)) stop("there is no column '", columns[i], "'")
    text <- unique(as.character(cells))
    text[is.na(text)] <- ""
    .Call("moe_r_values", model, i, text)[match(as.character(cells), unique(as.character(cells)))]
  }
  x <- matrix(vapply(seq_along(columns), value, numeric(nrow(rows))), ncol = length(columns))
  predicted <- as.data.frame(t(.Call("moe_r_predict", model, outputs, t(x))), check.names = FALSE)
  if ("label" %in% names(predicted)) predicted$label <- .Call("moe_r_labels", model)[predicted$label + 1]
  predicted
}

arguments <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(file("stdin"), check.names = FALSE, colClasses = "character", na.strings = character(), encoding = "UTF-8")
began <- proc.time()[["elapsed"]]
predicted <- moe_predict(moe_open(arguments[1]), rows, arguments[2])
message(nrow(rows), " rows in ", proc.time()[["elapsed"]] - began, " s")
predicted[] <- lapply(predicted, function(x) if (is.numeric(x)) sprintf("%.17g", x) else x)
write.csv(predicted, row.names = FALSE, quote = which(names(predicted) == "label"))
