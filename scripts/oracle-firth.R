#!/usr/bin/Rscript
# Golden bias-reduced fits for the tests, computed by R's brglm2 independently of the C++.
#
#   oracle-firth.R           writes testdata/oracle/firth/*.csv and testdata/oracle/firth.json
#   oracle-firth.R --check   recomputes what that file holds, and exits with 1 where it differs
#
# Needs the Debian packages r-cran-brglm2 and r-cran-jsonlite. endometrial.csv is the example of Heinze and Schemper (2002), with whose Table 3 it
# must agree. The other tables are drawn here.
suppressPackageStartupMessages({ library(brglm2); library(jsonlite) })
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
target <- file.path(dirname(dirname(normalizePath(script))), "testdata", "oracle")
check <- "--check" %in% commandArgs(trailingOnly = TRUE)
written <- if (check) tempfile("oracle") else target
dir.create(file.path(written, "firth"), recursive = TRUE, showWarnings = FALSE)

settings <- list(type = "AS_mean", epsilon = 1e-13, maxit = 2000)
write_table <- function(data, name)
  write.table(data, file.path(written, "firth", paste0(name, ".csv")), sep = ",", quote = FALSE, row.names = FALSE)
figures <- function(fit, options) list(
  options = options, coefficients = as.list(coef(fit)), errors = as.list(sqrt(diag(vcov(fit)))))

fit_one <- function(formula, family, data, name, options, ...) {
  write_table(data, name)
  figures(do.call(glm, list(formula, family = family, data = data, method = "brglmFit", control = settings, ...)), options)
}

cases <- list()
data("endometrial", package = "brglm2")
cases$endometrial <- fit_one(HG ~ NV + PI + EH, binomial, endometrial, "endometrial", "-y HG --family bernoulli")
published <- c(3.7746, 2.9293, -0.0348, -2.6042)
stopifnot(max(abs(unlist(cases$endometrial$coefficients) - published)) < 6e-5)

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20)
d <- data.frame(x = round(rnorm(40), 3), z = rep(0:1, c(36, 4)))
d$trials <- 1 + rbinom(40, 6, 0.5)
d$y <- rbinom(40, d$trials, plogis(0.4 + 0.7 * d$x))
d$y[d$z == 1] <- d$trials[d$z == 1]  # successes only
cases$binomial <- fit_one(cbind(y, trials - y) ~ x + z, binomial, d, "binomial", "-y y --family binomial --trials trials")

p <- data.frame(x = round(rnorm(50), 3), z = rep(0:1, c(42, 8)), time = round(runif(50, 0.5, 4), 2))
p$y <- rpois(50, p$time * exp(0.3 + 0.5 * p$x))
p$y[p$z == 1] <- 0  # zeros only
cases$poisson <- fit_one(y ~ x + z + offset(log(time)), poisson, p, "poisson", "-y y --family poisson --exposure time")

c <- data.frame(x = round(rnorm(60), 3), z = rep(0:1, c(52, 8)))
c$y <- c("a", "b", "c")[1 + (runif(60) < plogis(c$x)) + (runif(60) < 0.4)]
c$y[c$z == 1] <- "c"  # one class only
write_table(c, "categorical")
fit <- brmultinom(factor(y) ~ x + z, data = c, ref = 1, type = "AS_mean", epsilon = 1e-13, maxit = 2000)
b <- coef(fit)
s <- matrix(sqrt(diag(vcov(fit))), nrow(b), byrow = TRUE, dimnames = dimnames(b))
rows <- function(m) setNames(lapply(rownames(m), function(r) as.list(m[r, ])), rownames(m))
cases$categorical <- list(options = "-y y --family categorical", coefficients = rows(b), errors = rows(s))

file <- file.path(written, "firth.json")
writeLines(toJSON(cases, auto_unbox = TRUE, digits = 15, pretty = TRUE), file)
if (check) {
  same <- isTRUE(all.equal(fromJSON(file), fromJSON(file.path(target, "firth.json")), tolerance = 1e-9))
  if (!same) { cat("oracle-firth.R: testdata/oracle/firth.json holds other figures\n"); quit(status = 1) }
}
