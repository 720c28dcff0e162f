# maxima.R: what R does for scripts/maxima, with whichever of its packages are installed.
#
#   maxima.R export DIR                              writes the data sets as CSV and prints their names
#   maxima.R fit CSV Y X EXPERT GATE K FAMILY STARTS fits with flexmix; prints the best log-likelihood and the seconds
#
# EXPERT is lin or quad, GATE the gate's input or "constant". flexmix divides by the rows less the coefficients in its
# sigmas, which is no maximum: the log-likelihood is worked out anew with sigmas of maximum likelihood, and starts where
# one of these is below 1 % of sd(y) do not count.
words <- commandArgs(trailingOnly = TRUE)

export <- function(directory) {
  sets <- list(c("MASS", "mcycle"), c("mixtools", "CO2data"), c("mixtools", "tonedata"), c("flexmix", "NPreg"),
               c("flexmix", "patent"), c("datasets", "faithful"))
  for (set in sets) if (requireNamespace(set[1], quietly = TRUE)) {
    table <- get(data(list = set[2], package = set[1], envir = environment()))
    numbers <- sapply(table, is.numeric)
    write.csv(table[numbers], file.path(directory, paste0(set[2], ".csv")), row.names = FALSE, quote = FALSE)
    cat(set[2], "\n", sep = "")
  }
}

fit <- function(csv, y, x, expert, gate, k, family, starts) {
  suppressPackageStartupMessages(library(flexmix))
  table <- read.csv(csv)
  formula <- as.formula(paste(y, "~", x, if (expert == "quad") sprintf("+ I(%s^2)", x)))
  constant <- gate == "constant"
  prior <- if (constant) FLXPconstant() else FLXPmultinom(as.formula(paste("~", gate)))
  X <- model.matrix(formula, table)
  target <- table[[y]]

  log_likelihood <- function(m) {
    if (m@k < k) return(-Inf)
    coefficients <- matrix(parameters(m), ncol = k)[seq_len(ncol(X)), , drop = FALSE]
    eta <- X %*% coefficients
    w <- posterior(m)
    if (family == "gaussian") {
      sigma <- sqrt(colSums(w * (target - eta)^2) / colSums(w))
      if (any(sigma < 0.01 * sd(target))) return(-Inf)
      log_density <- sapply(seq_len(k), function(j) dnorm(target, eta[, j], sigma[j], log = TRUE))
    } else log_density <- sapply(seq_len(k), function(j) dpois(target, exp(eta[, j]), log = TRUE))
    log_prior <- if (constant) matrix(log(m@prior), nrow(table), k, byrow = TRUE) else {
      a <- cbind(1, table[[gate]]) %*% parameters(m, which = "concomitant")
      a <- a - apply(a, 1, max)
      a - log(rowSums(exp(a)))
    }
    a <- log_prior + log_density
    peak <- apply(a, 1, max)
    sum(peak + log(rowSums(exp(a - peak))))
  }

  set.seed(1)
  best <- -Inf
  seconds <- 0
  for (start in seq_len(starts)) {
    began <- proc.time()[["elapsed"]]
    # flexmix stops where a component dies out.
    m <- tryCatch(suppressWarnings(flexmix(
      formula, data = table, k = k, model = FLXMRglm(family = family), concomitant = prior,
      control = list(minprior = 0, iter.max = 1000, tolerance = 1e-8))), error = function(e) NULL)
    seconds <- seconds + proc.time()[["elapsed"]] - began
    value <- if (is.null(m)) -Inf else tryCatch(log_likelihood(m), error = function(e) -Inf)
    if (is.finite(value)) best <- max(best, value)
  }
  cat(sprintf("%.6f %.3f\n", best, seconds))
}

if (words[1] == "export") export(words[2]) else
  fit(words[2], words[3], words[4], words[5], words[6], as.integer(words[7]), words[8], as.integer(words[9]))
